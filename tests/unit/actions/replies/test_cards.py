from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from actions.cases.case_tree import fork_at
from actions.replies.cards import answer_card, entry_option, other_cases, rest_card, whole_fork_card
from core.dates import is_old
from core.entry import Chapter, Entry, TextBlock, passages
from core.text.markdown import plain
from retrieval.contracts import PageSentence
from tests.unit.actions.fakes import BY_SMS, LONG, LOST_ABROAD, LOST_CARD, ON_WEB, PASSPORT, UNDATED

FIRST, SECOND = "La carte est gratuite, sauf en cas de perte.", "Le renouvellement coûte 25 €."
CARD = LOST_CARD.model_copy(update={"id": "T10", "introduction": " ".join((FIRST, *["Une phrase de plus."] * 30, SECOND))})


def test_answer_card_of_an_old_page_dates_its_amount_and_names_the_source() -> None:
    block, shortened, pieces, *_ = answer_card(LOST_CARD, 1, "s1", ON_WEB)
    assert (shortened, pieces) == (False, (0,))
    assert (block.entry, block.entry_version, block.snapshot) == ("T1", 3, "s1")
    assert block.headings == ("Coût",)
    assert block.body == "Le renouvellement après une perte coûte 25 € (au 05/03/2019) de timbre fiscal."
    assert (block.source.url, block.verified_on) == ("https://exemple.fr/T1", date(2019, 3, 5))
    assert [service.name for service in block.services] == ["Achat de timbre"]


def test_the_case_of_a_passage_is_named() -> None:
    assert answer_card(LOST_CARD, 2, "s1", ON_WEB).block.cases == ("Vous êtes mineur",)


def test_whole_fork_card_shows_the_part_that_was_asked_for() -> None:
    cost = next(passage.order for passage in passages(LOST_ABROAD) if "espèces" in passage.markdown)
    block = whole_fork_card(LOST_ABROAD, fork_at(LOST_ABROAD, (0,)), "s1", cost, ON_WEB).block
    assert (block.headings, block.body) == (
        ("Coût",),
        "**En France**\n\n25 € en timbre fiscal.\n\n**À l'étranger**\n\n25 € en espèces.",
    )


def test_whole_fork_card_leaves_out_what_does_not_hold_for_the_citizen() -> None:
    minor, abroad = (next(one.order for one in passages(PASSPORT) if word in one.markdown) for word in ("parent", "consulat"))
    block = whole_fork_card(
        PASSPORT, fork_at(PASSPORT, (0,)), "s1", 0, ON_WEB, holds=lambda order: order not in (minor, abroad)
    ).block
    assert block.body.split("\n\n") == ["**En France › Vous êtes majeur**", "Venez avec une photo."]


def test_whole_fork_card_names_the_cases_and_headings_within() -> None:
    """What holds for one case and what holds for another must never read as one text."""
    block = whole_fork_card(PASSPORT, fork_at(PASSPORT, (0,)), "s1", 0, ON_WEB).block
    assert block.body.split("\n\n") == [
        "**En France › Vous êtes mineur**",
        "Venez avec un parent.",
        "**En France › Vous êtes majeur**",
        "Venez avec une photo.",
        "**À l'étranger**",
        "Allez au consulat.",
    ]
    sending = next(passage.order for passage in passages(LOST_ABROAD) if "courrier" in passage.markdown)
    block = whole_fork_card(LOST_ABROAD, fork_at(LOST_ABROAD, (0,)), "s1", sending, ON_WEB).block
    assert block.headings == ()
    assert block.body.split("\n\n")[:3] == [
        "**En France › Déclaration**",
        "Déclarez la perte au guichet.",
        "**En France › Coût**",
    ]
    assert "**À l'étranger › Envoi**" in block.body


@pytest.mark.parametrize("passage", [-1, 99])
def test_a_passage_that_is_not_there_gives_the_first(passage: int) -> None:
    assert answer_card(LOST_CARD, passage, "s1", ON_WEB).block.body == LOST_CARD.introduction


@pytest.mark.parametrize("passage", [0, -1, 99])
def test_answer_card_of_a_description_shows_the_text_for_everyone(passage: int) -> None:
    page = Entry(
        id="T11", collection="test", title="Passeport", description="Le passeport…", body=(TextBlock(markdown="Venez."),)
    )
    assert answer_card(page, passage, "s1", ON_WEB).block.body == "Venez."


def test_answer_card_of_a_long_passage_is_an_extract() -> None:
    block, shortened, pieces, *_ = answer_card(CARD, 0, "s1", ON_WEB)
    assert (shortened, pieces[0]) == (True, 0)
    assert block.body.startswith(FIRST)
    assert len(block.body) <= ON_WEB.limits.card
    assert block.sms_text == ""


def test_answer_card_shows_the_sentence_that_is_worth_most() -> None:
    def worth(sentences: Sequence[PageSentence]) -> list[float]:
        return [float("coûte" in sentence.text) for sentence in sentences]

    block, shortened, pieces, *_ = answer_card(CARD, 0, "s1", ON_WEB, worth=worth)
    assert (block.body, shortened) == ("Le renouvellement coûte 25 € (au 05/03/2019).", True)
    assert len(pieces) == 1


def test_answer_card_by_sms_keeps_the_whole_passage_behind_its_extract() -> None:
    block, shortened, *_ = answer_card(CARD, 0, "s1", BY_SMS)
    assert shortened
    assert block.sms_text.startswith(FIRST)
    assert len(block.sms_text) <= BY_SMS.limits.card
    assert block.body.startswith(block.sms_text)
    assert block.body.endswith("25 € (au 05/03/2019).")
    assert answer_card(LOST_CARD, 1, "s1", BY_SMS).block.sms_text == ""  # all of it fits


@pytest.mark.parametrize(("passage", "text"), [(0, "Venez en mairie."), (1, "")])
def test_answer_card_by_sms_says_the_editors_words_for_the_whole_page_only(passage: int, text: str) -> None:
    page = LOST_CARD.model_copy(update={"sms_text": "Venez en mairie."})
    assert answer_card(page, passage, "s1", BY_SMS).block.sms_text == text


def test_answer_card_of_links_alone_shows_them() -> None:
    links = "[Mairie](https://exemple.fr/m)\n\n[Préfecture](https://exemple.fr/p)"
    page = Entry(id="T12", collection="test", title="Adresses", introduction=links)
    assert answer_card(page, 0, "s1", ON_WEB).block.body == links


def test_rest_card_goes_on_to_the_end_where_the_extract_stopped() -> None:
    first = answer_card(LONG, 0, "s1", ON_WEB)
    said, seen = [first.block.body], first.pieces
    for _ in range(10):
        more = rest_card(LONG, 0, seen, "s1", ON_WEB)
        assert len(more.block.body) <= ON_WEB.limits.rest
        said.append(more.block.body)
        seen = more.pieces
        if not more.shortened:
            break
    assert " ".join(" ".join(said).replace(".", "").split()) == " ".join(LONG.introduction.split())


def test_an_entry_without_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="T9"):
        answer_card(Entry(id="T9", collection="test", title="Vide"), 0, "s1", ON_WEB)


def test_an_option_names_its_entry_and_passage() -> None:
    assert entry_option("Passeport", UNDATED.id).payload == '/choose{"entry": "T3"}'
    assert entry_option("Passeport", UNDATED.id, 2).payload == '/choose{"entry": "T3", "passage": 2}'


def test_other_cases_are_all_but_the_one_that_was_taken() -> None:
    places, ways = fork_at(PASSPORT, (0,)), fork_at(PASSPORT, (1, 1))
    options, every = other_cases("T4", [(places, 0), (ways, None)])
    assert [(one.label, one.payload) for one in options] == [
        ("À l'étranger", '/choose_case{"entry": "T4", "case": "0.1"}'),
        ("En ligne", '/choose_case{"entry": "T4", "case": "1.1.0"}'),
        ("Sur place", '/choose_case{"entry": "T4", "case": "1.1.1"}'),
    ]
    assert every == '/choose_case{"entry": "T4", "fork": "1.1", "page": 0}'  # those of the last fork, from the first on
    assert other_cases("T4", []) == ([], "")


@pytest.mark.parametrize(
    ("today", "old"),
    [(date(2021, 6, 14), False), (date(2021, 6, 15), False), (date(2021, 6, 16), True), (date(2022, 1, 1), True)],
)
def test_eighteen_months_are_counted_by_the_calendar(today: date, old: bool) -> None:
    assert is_old(date(2019, 12, 15), 18, today) is old


def test_a_table_is_cut_between_its_rows_and_keeps_its_head() -> None:
    rows = "\n".join(f"| {age} ans | la carte est gratuite pour {age} ans |" for age in range(40))
    page = Entry(
        id="T13",
        collection="test",
        title="Prix",
        body=(Chapter(heading="Prix", body=(TextBlock(markdown=f"| Âge | Prix |\n| --- | --- |\n{rows}"),)),),
    )
    body = answer_card(page, 1, "s1", ON_WEB).block.body
    assert body.startswith("| Âge | Prix |\n| --- | --- |\n| 0 ans |")
    table, said = body.split("\n\n")
    assert all(line.count("|") == 3 for line in table.splitlines())
    assert said == f"… ({len(table.splitlines()) - 2} sur 40)"
    assert len(plain(body)) <= ON_WEB.limits.card
