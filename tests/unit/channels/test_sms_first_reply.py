"""The first reply by SMS: the sentences that answer, mini cards, and what is worth no segment more."""

from __future__ import annotations

import pytest

from channels.sms.encoding import segments
from core.turns import ChoicesBlock, Option, Source, TextBlock
from tests.unit.channels.test_sms_rendering import HINT, LONG, SENTENCES, URL, answer, choices, parts, render

FIRST = "La perte se déclare en mairie."
EXTRACT = "Le renouvellement vaut 25 € (au 12/05/2020)."
SOURCE = "Service-public.fr (Vérifié le 12/03/2020)"


def mini_cards(*extracts: str) -> ChoicesBlock:
    options = (
        Option(
            label=f"Page {number}",
            payload=f"/choose{number}",
            entry=f"F{number}",
            entry_version=1,
            snapshot="s1",
            extract=extract,
            source=Source(name="Service-public.fr", url=URL),
        )
        if extract
        else Option(label=f"Page {number}", payload=f"/choose{number}")
        for number, extract in enumerate(extracts, 1)
    )
    return ChoicesBlock(text="Laquelle ?", options=tuple(options))


def test_sms_with_an_extract_says_it_first_and_suite_does_not_repeat_it() -> None:
    first, second = parts(answer(f"{FIRST}\n\nVenez avec une photo.", sms_text=FIRST))
    assert first.text.splitlines()[1:] == [FIRST, SOURCE, HINT]
    assert second.text.splitlines() == ["Venez avec une photo.", URL]


def test_sms_with_an_extract_in_markdown_shows_no_marks() -> None:
    extract = "**Il faut** :\n\n- [une photo](https://exemple.fr/p)\n- … (1 sur 2)"
    first, second = parts(answer(f"{extract}\n\n- un timbre", sms_text=extract))
    assert first.text.splitlines()[1:] == ["Il faut :", "- une photo", "- ... (1 sur 2)", SOURCE, HINT]
    assert second.text.splitlines() == ["- un timbre", URL]


@pytest.mark.parametrize("sentences", [1, 4, 7, 10])
def test_a_link_that_costs_a_segment_waits_for_the_next_part(sentences: int) -> None:
    extract = " ".join(SENTENCES[:sentences])
    found = parts(answer(LONG, sms_text=extract))
    said = found[0].text.replace(SOURCE, f"Service-public.fr {URL} (Vérifié le 12/03/2020)")
    assert (URL in found[0].text) == (segments(said) == found[0].segments)
    assert sum(part.text.count(URL) for part in found) == 1
    assert URL in found[0].text + found[1].text


def test_sms_with_a_longer_extract_than_fits_goes_on_where_it_was_cut() -> None:
    extract = " ".join(SENTENCES[:20])
    found = parts(answer(LONG, sms_text=extract))
    assert found[0].text.endswith(HINT)
    said = " ".join(line for part in found for line in part.text.splitlines() if line.startswith("Phrase"))
    assert said == LONG


def test_the_entry_s_own_sms_text_comes_first_and_the_passage_on_demand() -> None:
    first, second = parts(answer(sms_text="Venez en mairie avec une photo."))
    assert first.text.splitlines()[1:] == [
        "Venez en mairie avec une photo.",
        SOURCE,
        HINT,
    ]
    assert second.text.splitlines() == ["La déclaration de perte se fait au moment du renouvellement, en mairie.", URL]


def test_sms_with_the_whole_passage_has_no_suite() -> None:
    (only,) = parts(answer(FIRST, sms_text=FIRST))
    assert HINT not in only.text
    assert only.text.count(FIRST) == 1


CASES = choices("Né en outre-mer", "Né à l'étranger", purpose="cases", text="Autres cas :")


def test_other_cases_that_cost_a_third_segment_wait_for_suite_which_says_so() -> None:
    extract = " ".join(SENTENCES[:4])
    first, second = parts(answer(f"{extract}\n\nVenez avec une photo.", sms_text=extract), CASES)
    assert (first.segments, first.offered) == (2, ())
    assert first.text.endswith("Pas votre cas ? La suite : SUITE.")
    assert second.text.splitlines()[0] == "Venez avec une photo."
    assert second.offered == ("/choose1", "/choose2")


def test_other_cases_that_waited_come_with_the_first_suite_whatever_they_cost() -> None:
    extract = " ".join(SENTENCES[:4])
    found = parts(answer(f"{extract}\n\n{LONG}", sms_text=extract), CASES)
    assert [part.offered for part in found[:2]] == [(), ("/choose1", "/choose2")]


def test_other_cases_have_the_space_of_the_link() -> None:
    extract = " ".join(SENTENCES[:3])
    first, second = parts(answer(f"{extract}\n\nVenez avec une photo.", sms_text=extract), CASES)
    assert (first.segments, first.offered) == (2, ("/choose1", "/choose2"))
    assert URL not in first.text
    assert URL in second.text


def test_a_mini_card_by_sms_has_its_extract_under_its_title_and_the_others_by_number() -> None:
    text, offered = render(mini_cards(EXTRACT, "", ""))
    assert text.splitlines() == ["Laquelle ?", "1 Page 1", EXTRACT, "2 Page 2", "3 Page 3"]
    assert offered == ("/choose1", "/choose2", "/choose3")
    assert segments(text) == 1


def test_mini_cards_that_do_not_fit_come_with_suite_under_their_own_numbers() -> None:
    found = parts(mini_cards(*[f"{'Un extrait assez long. ' * 6}Fin {number}." for number in range(6)]))
    lines = [line for part in found for line in part.text.splitlines()]
    assert [line for line in lines if line.startswith(tuple("123456"))] == [f"{n} Page {n}" for n in range(1, 7)]
    assert [line[-2:] for line in lines if line.startswith("Un extrait")] == [f"{n}." for n in range(6)]
    assert len(found[-1].offered) == 6


@pytest.mark.parametrize(
    ("sentences", "related", "fit"),
    [(1, 2, True), (3, 2, True), (5, 2, False), (6, 2, False)],
)
def test_related_pages_by_sms_are_worth_no_third_segment(sentences: int, related: int, fit: bool) -> None:
    body = " ".join(SENTENCES[:sentences])
    also = choices(*(f"Autre page {number}" for number in range(related)), purpose="related", text="Voir aussi :")
    text, offered = render(answer(body), also)
    assert body in text
    assert HINT not in text
    assert (len(offered), "Voir aussi" in text) == ((related, True) if fit else (0, False))
    assert segments(text) <= (2 if fit else 3)


def test_cases_asked_for_by_sms_may_take_a_third_segment() -> None:
    body = " ".join(SENTENCES[:5])
    text, offered = render(answer(body), choices("Vous êtes majeur", "Vous êtes mineur", purpose="cases", text="En détail :"))
    assert (len(offered), segments(text)) == (2, 3)


@pytest.mark.parametrize(
    ("characters", "title"), [(20, "Examen technique d'une voiture ancienne"), (76, "Examen technique d'une...")]
)
def test_sms_has_longer_titles_of_other_pages_where_they_need_no_further_segment(characters: int, title: str) -> None:
    first, other = mini_cards("x" * characters, "").options
    others = tuple(
        other.model_copy(update={"label": f"{label} ancienne"})
        for label in ("Examen technique d'une voiture", "Contrôle technique d'un camion")
    )
    text, _ = render(ChoicesBlock(text="Laquelle ?", options=(first, *others)))
    assert f"\n2 {title}\n" in text


def test_sms_says_nothing_of_a_sentence_of_which_only_a_few_words_fit() -> None:
    first, second = parts(TextBlock(text="Appelez le 17. " * 20), answer(SENTENCES[0]))
    assert SENTENCES[0][:10] not in first.text
    assert second.text.startswith(SENTENCES[0])


def test_what_comes_after_pages_to_choose_from_stands_below_them_and_is_never_left_for_later() -> None:
    pages = choices("Carte d’identité", *(f"Une autre page dont le titre est long, numéro {n}" for n in range(8)))
    counter = TextBlock(text="À Valbourg : 1 place de la Halle")
    text, offered = render(pages, counter)
    assert text.index("1 Carte d'identité") < text.index("A Valbourg : 1 place de la Halle")
    assert len(offered) < 9
    first, _ = render(counter, pages)
    assert first.startswith("A Valbourg")
