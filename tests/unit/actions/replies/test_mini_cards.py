"""Mini cards: a page to choose, with the sentences that would answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.cases.case_tree import Fork
from actions.replies.extract import Worth
from actions.replies.mini_cards import mini_card
from actions.replies.page_question import PageQuestion, holding
from actions.replies.style import Style
from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from core.turns import Option, Source
from tests.unit.actions.fakes import BY_SMS, LOST_ABROAD, ON_WEB, PASSPORT, case
from tests.unit.actions.replies.worths import holding as worth_of
from tests.unit.actions.replies.worths import nothing, valued

BUTTON = Option(label="Passeport", payload="/choose")
OLD = date(2020, 5, 12)
AT = " (au 12/05/2020)"
PARTS = (("Délai", "Un mois suffit."), ("Coût", "La carte coûte 25 €."))
PAYMENT = 4  # the passage of PASSPORT above its cases online and on site
SENTENCE = "La carte est valable partout en France."


def page(text: str, *body: TextBlock | Cases | Chapter, **more: object) -> Entry:
    values: dict[str, object] = {"introduction": text, "body": body, "source": "exemple", "urls": {"": "https://exemple.fr/M1"}}
    return Entry.model_validate({"id": "M1", "collection": "test", "version": 4, "title": "Carte", **values, **more})


def unknown(_: Fork) -> int | None:
    return None


def first(orders: Sequence[int]) -> int:
    return orders[0]


def card(
    entry: Entry,
    passage: int = 0,
    style: Style = ON_WEB,
    worth: Worth = nothing,
    case: int | None = None,
    odds: Mapping[int, float] | None = None,
    excluded: tuple[int, ...] = (),
    words: tuple[str, ...] = (),
) -> Option:
    def case_of(_: Fork) -> int | None:
        return case

    holds = holding(entry, case_of, lambda _: excluded, words)
    return mini_card(BUTTON, passage, "s1", style, PageQuestion(entry, worth, odds or {}, first, holds))


def test_mini_card_is_the_button_with_an_extract_and_where_it_was_taken_from() -> None:
    found = card(page(SENTENCE, verified_on=OLD))
    assert found == BUTTON.model_copy(
        update={
            "entry": "M1",
            "entry_version": 4,
            "snapshot": "s1",
            "extract": SENTENCE,
            "source": Source(name="exemple", url="https://exemple.fr/M1"),
            "verified_on": OLD,
        }
    )


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"La carte numéro {number} est valable." for number in range(20)),
        "Une phrase de deux cents caractères, " * 12 + "enfin.",
        "mot " * 200,
    ],
)
def test_mini_card_has_as_many_characters_as_its_channel_allows(text: str, style: Style) -> None:
    extract = card(page(text), style=style).extract
    assert 100 < len(extract) <= style.limits.mini
    assert extract[-1] in ".…"


def test_mini_card_shows_the_sentences_that_answer() -> None:
    text = f"{SENTENCE * 10} Le renouvellement se demande en mairie. {SENTENCE * 10}"
    assert card(page(text), worth=worth_of("renouvellement")).extract.startswith("Le renouvellement se demande en mairie.")


@pytest.mark.parametrize(
    ("text", "extract"),
    [
        ("1 mois.", ""),  # with the title, it still is too little
        ("86 € en tout.", "Carte : 86 € en tout."),
        ("[Formulaire en ligne à remplir](https://exemple.fr/f)", ""),
        ("Voir **la page** de [la mairie](https://exemple.fr).", "Voir la page de la mairie."),
        ("Il faut apporter :\n\n- une photo\n- un timbre", "Il faut apporter :\n- une photo\n- un timbre."),
        ("| Âge | Prix |\n| --- | --- |\n| Majeur | 86 € |", "Âge : Majeur ; Prix : 86 €."),
        (
            "Les prix :\n\n| Âge | Prix |\n| --- | --- |\n| 18 | 86 € |\n| moins |  |",
            "Les prix :\nÂge : 18 ; Prix : 86 €\nÂge : moins.",
        ),
    ],
)
def test_mini_card_is_plain_text_or_the_plain_button(text: str, extract: str) -> None:
    found = card(page(text))
    assert found.extract == extract
    assert extract or found == BUTTON


def test_mini_card_of_a_short_text_under_a_heading_says_the_heading() -> None:
    entry = page(SENTENCE, Chapter(heading="Délai d'obtention", body=(TextBlock(markdown="1 mois."),)))
    assert card(entry, 1, worth=worth_of("1 mois")).extract == "Délai d'obtention : 1 mois."


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_mini_card_shows_the_best_sentences_of_the_whole_page_most_useful_first(style: Style) -> None:
    parts = (
        Chapter(heading=name, body=(TextBlock(markdown=f"Une première phrase {'très ' * 55}longue. {text}"),))
        for name, text in PARTS
    )
    entry, odds = page("", *parts), {0: 0.0, 1: -1.0}
    assert card(entry, 0, style, worth_of("25 €"), odds=odds).extract == "Coût : La carte coûte 25 €."
    both = card(entry, 0, style, valued({"25 €": 2.0, "mois": 1.0}), odds=odds)
    assert both.extract == "Coût : La carte coûte 25 €.\nDélai : Un mois suffit."  # so short a text is not clear alone
    assert card(entry, 0, style, worth_of("25 €", "mois"), odds={0: 0.0, 1: -4.0}).extract == "Délai : Un mois suffit."


def test_mini_card_never_shows_a_description_where_a_text_holds_for_all() -> None:
    entry = page("", TextBlock(markdown=SENTENCE), description="Tout savoir sur la carte et son prix")
    assert card(entry).extract == SENTENCE


@pytest.mark.parametrize(
    ("number", "extract"),
    [
        (None, "Paiement › En ligne : Payez par carte.\nPaiement › Sur place : Payez au guichet."),
        (0, "Paiement › En ligne : Payez par carte."),
        (1, "Paiement › Sur place : Payez au guichet."),
    ],
)
def test_mini_card_of_a_case_has_its_label_and_shows_all_that_are_open(number: int | None, extract: str) -> None:
    odds = {PAYMENT: 0.0, 1: -4.0}
    assert card(PASSPORT, PAYMENT, worth=worth_of("Payez"), case=number, odds=odds).extract == extract


def test_mini_card_of_cases_that_do_not_all_fit_shows_the_best_ones_with_their_labels() -> None:
    cases = Cases(
        cases=tuple(case(f"Cas {number}", f"Le texte du cas {number} est {'très ' * 20}long.") for number in range(5))
    )
    found = card(page(SENTENCE, cases), 0, worth=worth_of("cas 2"))
    assert found.extract == f"Cas 2 : Le texte du cas 2 est {'très ' * 20}long."
    assert card(page(SENTENCE, cases), 3).extract == f"{SENTENCE}\nCas 0 : Le texte du cas 0 est {'très ' * 20}long."


def test_mini_card_of_a_case_whose_sentences_do_not_fit_begins_with_its_label() -> None:
    cases = Cases(cases=tuple(case(f"Cas {number}", f"Le texte du cas {number} est {'très ' * 80}long.") for number in (1, 2)))
    extract = card(page("", cases), 1).extract
    assert extract.startswith("Cas 2 : Le texte du cas 2 est très")
    assert len(extract) <= ON_WEB.limits.mini


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_mini_card_of_an_old_page_dates_no_label(style: Style) -> None:
    cases = Cases(cases=tuple(case(f"Moins de {months} mois", f"Venez {'très ' * 15}tôt.") for months in range(5, 10)))
    found = card(page("", cases, verified_on=OLD), 0, style)
    assert found.extract.startswith("Moins de 5 mois : Venez")
    assert AT not in found.extract


def test_mini_card_leaves_a_case_that_the_citizen_is_not_in() -> None:
    cases = Cases(
        cases=tuple(case(f"Cas {number}", f"Le texte du cas {number} est {'très ' * 20}long.") for number in range(5))
    )
    assert card(page("", cases), 2, excluded=(2,)).extract.startswith("Cas 0 : ")


def test_mini_card_shows_an_exceptional_inner_case_only_if_it_is_named() -> None:
    inner = Cases(cases=(case("Cas général", *["La règle générale est simple."]), case("Né à Mayotte", "Écrivez au consulat.")))
    texts = [TextBlock(markdown=f"Le texte {number} est {'très ' * 40}long.") for number in range(5)]
    outer = Cases(
        cases=(
            Case(label="Majeur", body=(TextBlock(markdown="Un majeur vient seul, avec une photo."), inner)),
            *(Case(label=f"Cas {number}", body=(text,)) for number, text in enumerate(texts)),
        )
    )
    entry = page(SENTENCE, outer)
    exceptional = next(passage.order for passage in passages(entry) if passage.cases[-1:] == ("Né à Mayotte",))
    assert card(entry, exceptional, worth=worth_of("consulat")).extract.startswith(f"{SENTENCE}\nMajeur : Un majeur")
    assert "consulat" not in card(entry, exceptional, worth=worth_of("consulat")).extract
    named = card(entry, exceptional, worth=worth_of("consulat"), words=("mayott",))
    assert named.extract == "Majeur, Né à Mayotte : Écrivez au consulat."


def test_mini_card_of_an_old_page_dates_its_figures_within_its_limit() -> None:
    sentences = [f"Le timbre numéro {number} coûte {number} euros." for number in range(10, 30)]
    extract = card(page(" ".join(sentences), verified_on=OLD)).extract
    assert len(extract) <= ON_WEB.limits.mini
    assert extract.count(AT) == extract.count("euros") > 3
    assert extract.endswith(f"euros{AT}.")
    assert AT not in card(page(" ".join(sentences), verified_on=date(2999, 1, 1))).extract


def test_mini_card_by_sms_dates_cases_within_its_limit() -> None:
    cases = Cases(cases=(case("Majeur", "Le passeport coûte 86 €."), case("Mineur", "Le passeport coûte 42 €.")))
    extract = card(page("Le prix dépend de l'âge.", cases, verified_on=OLD), style=BY_SMS, worth=worth_of("€")).extract
    assert extract == f"Majeur : Le passeport coûte 86 €{AT}.\nMineur : Le passeport coûte 42 €{AT}."
    assert len(extract) <= BY_SMS.limits.mini


@pytest.mark.parametrize("passage", [99, 3])
def test_mini_card_of_a_passage_that_is_gone_begins_at_the_first(passage: int) -> None:
    assert card(page(SENTENCE), passage).extract == SENTENCE


@pytest.mark.parametrize(
    ("case", "extract"), [(None, "Coût › En France : 25 € en timbre fiscal."), (1, "Coût › À l'étranger : 25 € en espèces.")]
)
def test_mini_card_shows_the_case_abroad_only_to_people_abroad(case: int | None, extract: str) -> None:
    assert card(LOST_ABROAD, 4, worth=worth_of("25 €"), case=case).extract == extract


TEXTS = st.lists(
    st.sampled_from(
        [
            SENTENCE,
            "Il coûte **86 €**.",
            "Il faut :\n\n- une photo\n- un timbre",
            "[a](https://b.fr)",
            "1 mois",
            "mot " * 90,
            "**Coût**",
        ]
    ),
    min_size=1,
    max_size=5,
).map("\n\n".join)


@given(TEXTS, st.sampled_from([ON_WEB, BY_SMS]), st.booleans())
def test_mini_card_of_anything_is_20_to_280_characters_of_whole_text(text: str, style: Style, old: bool) -> None:
    extract = card(page(text, verified_on=OLD if old else date(2999, 1, 1)), style=style).extract
    if not extract:
        return
    assert 20 <= len(extract) <= style.limits.mini
    assert re.search(r"[.!?»)…]\Z", extract)
    assert not re.search(r"\*\*|\]\(|:\.?\Z", extract)
