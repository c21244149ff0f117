"""The parts of a page that a reply may use, and the cases whose text may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from actions.cases.dialogue_state import Focus, UserFacts
from actions.replies.page_extract import is_labelled
from actions.replies.page_question import PageQuestion, candidate_passages, holding, page_question
from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from core.settings import Settings
from retrieval.contracts import PageSentence
from tests.unit.actions.fakes import FakeKnowledge, case
from tests.unit.actions.replies.worths import nothing


def page(*body: TextBlock | Cases | Chapter, **more: object) -> Entry:
    return Entry.model_validate({"id": "O1", "collection": "test", "title": "Carte", "body": body, **more})


def chapter(heading: str, *body: TextBlock | Cases) -> Chapter:
    return Chapter(heading=heading, body=body)


def cases(*labels: str) -> Cases:
    return Cases(cases=tuple(case(label, f"Texte du cas {label}.") for label in labels))


PLACES = page(cases("En France", "À l'étranger"))
COUNTRIES = page(cases("Au Maroc", "En Espagne"))
USUAL = page(cases("Cas général", "Né à Mayotte", "Né en Guyane"))
AREAS = page(cases("Oise (60)", "Aisne (02)", "Ain (01)", "Allier (03)"))
OFFENCES = page(cases("Alcool", "Autres infractions"))
INNER = page(
    Cases(
        cases=(
            Case(label="Majeur", body=(TextBlock(markdown="Venez."), cases("Cas général", "Né à Mayotte"))),
            Case(label="Mineur", body=(TextBlock(markdown="Venez à deux."),)),
        )
    )
)


@pytest.mark.parametrize(
    ("entry", "case_of", "excluded", "words", "held"),
    [
        (PLACES, None, (), (), ["En France"]),
        (PLACES, 0, (), (), ["En France"]),
        (PLACES, 1, (), (), ["À l'étranger"]),
        (PLACES, None, (0,), (), []),
        (PLACES, 0, (0,), (), ["En France"]),  # what is known counts more than what is excluded
        (COUNTRIES, None, (), (), ["Au Maroc", "En Espagne"]),  # all cases are abroad
        (USUAL, None, (), (), ["Cas général"]),
        (USUAL, None, (), ("mayott",), ["Cas général", "Né à Mayotte"]),
        (USUAL, 2, (), (), ["Né en Guyane"]),
        (AREAS, None, (), (), []),  # "60 %" names no department
        (AREAS, None, (), ("60",), []),
        (AREAS, None, (), ("ois",), ["Oise (60)"]),
        (AREAS, 1, (), (), ["Aisne (02)"]),
        (OFFENCES, None, (), (), ["Alcool", "Autres infractions"]),
        (OFFENCES, None, (), ("alcool",), ["Alcool"]),
        (INNER, None, (), (), ["Majeur", "Cas général", "Mineur"]),
        (INNER, None, (), ("mayott",), ["Majeur", "Cas général", "Né à Mayotte", "Mineur"]),
        (INNER, None, (0,), (), ["Mineur"]),  # neither the case nor the cases in it
    ],
)
def test_holding_of_each_passage_depends_on_its_cases(
    entry: Entry, case_of: int | None, excluded: tuple[int, ...], words: tuple[str, ...], held: list[str]
) -> None:
    holds = holding(entry, lambda _: case_of, lambda _: excluded, words)
    assert [passage.cases[-1] for passage in passages(entry) if holds(passage.order)] == held


def test_holding_of_a_text_for_all_is_true() -> None:
    entry = page(chapter("Coût", TextBlock(markdown="25 €.")), introduction="Venez.")
    holds = holding(entry, lambda _: 0, lambda _: (0,))
    assert (holds(0), holds(1)) == (True, True)


PARTS = page(
    chapter("Coût", TextBlock(markdown="Elle coûte 25 €.")),
    chapter("Délai", TextBlock(markdown="Comptez un mois.")),
    chapter("Mots", TextBlock(markdown="Perte : la carte est perdue.", role="definition")),
    chapter("Où", cases("En France", "À l'étranger")),
    introduction="La carte est gratuite.",
)
INTRODUCTION, COST, DELAY, WORDS, IN_FRANCE = range(5)
ALL = [INTRODUCTION, COST, DELAY, IN_FRANCE]


def orders(odds: Mapping[int, float], entry: Entry = PARTS, seen: tuple[int, ...] = ()) -> list[int]:
    holds = holding(entry, lambda _: None)
    found = candidate_passages(PageQuestion(entry, nothing, odds, min, holds), seen)
    return [part.order for part in found]


@pytest.mark.parametrize(
    ("odds", "found"),
    [
        ({}, ALL),  # nothing is asked
        ({COST: 0.0, DELAY: -1.0, WORDS: -1.0, IN_FRANCE: -2.0, INTRODUCTION: -2.0}, ALL),
        ({COST: 0.0, DELAY: -3.0, IN_FRANCE: -3.1, INTRODUCTION: -2.0}, [INTRODUCTION, COST, DELAY]),
        ({COST: -3.1, DELAY: -3.1, IN_FRANCE: 0.0, INTRODUCTION: -9.0}, [INTRODUCTION, IN_FRANCE]),
    ],
)
def test_candidate_passages_are_the_introduction_and_the_likely_parts_without_definitions(
    odds: Mapping[int, float], found: list[int]
) -> None:
    assert orders(odds) == found


def test_candidate_passages_hold_each_passage_of_a_likely_part() -> None:
    entry = page(chapter("Où", cases("Majeur", "Mineur")), introduction="Venez.")
    assert orders({1: 0.0, 0: -1.0}, entry) == [0, 1, 2]


def test_candidate_passages_hold_a_sentence_that_opens_the_page_though_its_part_is_unlikely() -> None:
    odds = {COST: 0.0, DELAY: -9.0, IN_FRANCE: -9.0}
    assert orders(odds) == [INTRODUCTION, COST]
    assert orders(odds, PARTS.model_copy(update={"opening": ("Comptez un",)})) == [INTRODUCTION, COST, DELAY]


@pytest.mark.parametrize(("text", "shown"), [("combien ça coûte ?", 1), ("et pendant le Covid ?", 2)])
def test_candidate_passages_hold_measures_of_the_health_crisis_only_if_asked(text: str, shown: int) -> None:
    bodies = (chapter("Coût", TextBlock(markdown="25 €.")), chapter("Conséquences du coronavirus", TextBlock(markdown="Rien.")))
    entry = page(*bodies)
    assert len(candidate_passages(PageQuestion(entry, nothing, {}, min, lambda _: True, text))) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("mon fils de 17 ans", [0]), ("ma fille de 15 ans", [0, 1]), ("les jeunes", [0, 1])]
)
def test_candidate_passages_have_no_heading_for_another_age(text: str, shown: list[int]) -> None:
    bodies = (chapter("Durée", TextBlock(markdown="8 h.")), chapter("Jeunes de 14 à 16 ans", TextBlock(markdown="7 h.")))
    found = candidate_passages(PageQuestion(page(*bodies), nothing, {}, min, lambda _: True, text))
    assert [one.order for one in found] == shown


@pytest.mark.parametrize(("text", "unlikely"), [("quels papiers ?", {1}), ("ma mère est sous tutelle", set())])
def test_candidate_passages_know_the_sentences_for_circumstances_that_nobody_named(text: str, unlikely: set[int]) -> None:
    entry = page(TextBlock(markdown="Il faut une photo. Si vous êtes sous tutelle, il faut un accord."))
    found = candidate_passages(PageQuestion(entry, nothing, {}, min, lambda _: True, text))
    assert [one.unlikely for one in found] == [unlikely]


def test_candidate_passages_leave_out_what_was_seen() -> None:
    assert orders({}, seen=(COST, IN_FRANCE)) == [INTRODUCTION, DELAY]


def test_candidate_passages_hold_no_description() -> None:
    entry = page(TextBlock(markdown="Adressez-vous à la mairie."), description="Tout sur la carte.")
    assert orders({}, entry) == [1]
    assert orders({}, page(cases("Majeur", "Mineur"), description="Tout sur la carte.")) == [1, 2]


def test_part_is_labelled_with_its_heading_and_its_cases() -> None:
    holds = holding(PARTS, lambda _: None)
    parts = candidate_passages(PageQuestion(PARTS, nothing, {}, min, holds))
    assert [part.label for part in parts] == ["", "Coût", "Délai", "Où › En France"]


@pytest.mark.parametrize(("odds", "clear"), [({}, True), ({1: 0.0, 2: -1.3}, False), ({1: 0.0, 2: -1.4}, True)])
def test_question_is_clear_if_one_part_is_likely_enough(odds: Mapping[int, float], clear: bool) -> None:
    """The likelihoods are .79 and .80."""
    assert PageQuestion(PARTS, nothing, odds, min, lambda _: True).is_clear is clear


@pytest.mark.parametrize(
    ("markdown", "labelled"),
    [
        ("**Majeur** : venez.", True),
        ("**En France, Majeur** : venez.", True),
        ("**Perte › Majeur** : venez.", True),
        ("**Majeur / Mineur** : venez.", True),
        ("**Mineur / Majeur** : venez.", True),
        ("**Majeur, Seul** : venez.", False),  # only a part of this case
        ("**Majeur seul** : venez.", False),
        ("Majeur : venez.", False),
    ],
)
def test_a_text_is_labelled_with_a_case_that_ends_its_label(markdown: str, labelled: bool) -> None:
    assert is_labelled(markdown, "Majeur") is labelled


class RatedByWords(FakeKnowledge):
    """Rates a sentence by the words that it shares with the query, and finds the part on costs likely."""

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[PageSentence]) -> list[float]:
        return [float(len(set(query.split()) & set(one.text.split()))) for one in sentences]

    def part_odds(self, entry: Entry, query: str) -> dict[int, float]:
        return {COST: 0.0, DELAY: 0.0 if "délai" in query else -4.0}


SENTENCES = [
    PageSentence("La carte perdue coûte 25 €."),
    PageSentence("La carte perdue est inutile."),
    PageSentence("Délai : un mois."),
]


def asked(query: str, continued_by: str = "") -> PageQuestion:
    focus = Focus(entry="O1", query=query, continued_by=continued_by)
    return page_question(RatedByWords(), PARTS, focus, UserFacts(), Settings())


ADULTS = page(cases("Vous êtes mineur", "Vous êtes majeur"))


@pytest.mark.parametrize(
    ("query", "assume_adult", "held"),
    [
        ("quels papiers", True, [False, True]),
        ("quels papiers", False, [True, True]),
        ("quels papiers pour mon fils", True, [True, True]),
        ("garder son nom de jeune fille", True, [False, True]),
    ],
)
def test_page_question_takes_writer_for_adult_if_the_settings_say_so(query: str, assume_adult: bool, held: list[bool]) -> None:
    focus, settings = Focus(entry="O1", query=query), Settings(assume_adult=assume_adult)
    is_likely = page_question(FakeKnowledge(), ADULTS, focus, UserFacts(), settings).is_likely
    assert [is_likely(passage.order) for passage in passages(ADULTS) if passage.cases] == held


@pytest.mark.parametrize(
    ("query", "continued_by", "order", "likely"),
    [
        ("La carte perdue coûte combien", "", [0, 1, 2], -4.0),
        ("La carte perdue coûte combien, et quel Délai : ?", "", [0, 2, 1], -4.0),
        ("Délai : La carte perdue Délai :", "Délai :", [2, 0, 1], -4.0),
        ("La carte perdue coûte combien, et quel délai ?", "", [0, 1, 2], 0.0),
    ],
)
def test_page_question_answers_each_question_of_a_message_first(
    query: str, continued_by: str, order: list[int], likely: float
) -> None:
    question = asked(query, continued_by)
    worth = question.worth(SENTENCES)
    assert sorted(range(3), key=lambda at: -worth[at]) == order
    assert question.odds[DELAY] == likely
