"""How likely a sentence of a page states the answer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from core.entry import AnsweredQuestion, Case, Cases, Chapter, Entry, TextBlock
from retrieval.contracts import PageSentence
from retrieval.passages.choice import Asked
from retrieval.passages.sentence_worth import VALUES, PageRead, sentence_values, sentence_worth, weights
from retrieval.query.query import Query
from retrieval.terms.analysis import terms

TITLE = "Carte d'identité"
RARE = "consulat"
PAGE = Entry(
    id="S1",
    collection="test",
    title=TITLE,
    introduction="La carte est bleue.",
    opening=("Elle vaut", "Déclarez"),
    questions=(
        AnsweredQuestion(question="c'est combien", sentence="Elle vaut"),
        AnsweredQuestion(question="et le prix pour un touriste", sentence="Elle vaut"),
        AnsweredQuestion(question="où aller", sentence="Allez"),
    ),
    body=(
        Chapter(heading="Perte", body=(TextBlock(markdown="Allez en mairie."),)),
        Chapter(heading="Délai", body=(TextBlock(markdown="Comptez un mois."),)),
    ),
)
INTRODUCTION, LOSS, DELAY = range(3)
FACTOR = dict(zip(VALUES, weights(), strict=True))


def read(
    query: str = "", page: Entry = PAGE, near: Mapping[int, float] | None = None, odds: Mapping[int, float] | None = None
) -> PageRead:
    """Returns ``page`` for ``query``, whose words are all equally rare, but one that is three times as rare."""

    def rarity(term: str) -> float:
        return 3.0 if term in terms(RARE) else 1.0

    said = {term: rarity(term) for term in terms(query)}
    return PageRead(page, Asked.of(Query(query, terms(query)), page.title, rarity), said, near or {}, odds or {})


def value(name: str, page: PageRead, text: str, passage: int | None = None, *, begins: bool = False) -> float:
    """Returns the value ``name`` of one sentence."""
    (row,) = sentence_values(page, [PageSentence(text, passage, begins)])
    return row[VALUES.index(name)]


def worth(page: PageRead, *sentences: str) -> list[float]:
    return sentence_worth(page, [PageSentence(text) for text in sentences])


@pytest.mark.parametrize(
    ("query", "sentence", "covered"),
    [
        ("perte au commissariat", "Déclarez la perte au commissariat.", 1.0),
        ("perte au commissariat", "Déclarez la perte.", 0.5),
        ("perte au commissariat", "La carte est bleue.", 0.0),
        ("perte au consulat", "Déclarez la perte.", 0.25),  # the rarer word is missing
        ("perte au consulat", "Allez au consulat.", 0.75),
        ("carte d'identité", "La carte d'identité est bleue.", 0.0),  # the title's words say nothing of a sentence
        ("ma carte perdue", "Elle est perdue.", 1.0),
        ("quel est le montant de ma carte ?", "Le montant est donné à titre indicatif.", 0.0),  # the word that asks
    ],
)
def test_sentence_values_covered_is_the_share_of_the_words_asked_for(query: str, sentence: str, covered: float) -> None:
    assert value("covered", read(query), sentence) == pytest.approx(covered)


def test_sentence_values_covered_counts_the_headings_above_and_the_questions_that_the_sentence_answers() -> None:
    page = read("perte pour un touriste", near={1: 0.5})
    assert value("covered", page, "Allez en mairie.") == 0.0
    assert value("covered", page, "Allez en mairie.", LOSS) == 0.5
    assert value("covered", page, "Allez en mairie.", DELAY) == 0.0
    assert value("covered", page, "Elle vaut 25 €.") == 0.5
    assert value("covered", page, "Elle vaut 25 €.", LOSS) == 1.0


def test_sentence_values_matched_is_more_the_more_words_a_sentence_or_its_heading_has() -> None:
    page = read("amende perte consulat")
    most, some, none = (value("matched", page, text, DELAY) for text in ("Perte au consulat.", "Au consulat.", "Rien."))
    assert most > some > none
    assert most > 0.5
    assert value("matched", page, "Au consulat.", LOSS) > some  # "Perte" is the heading


def test_sentence_values_matched_knows_words_of_near_meaning() -> None:
    page = read("je garde mon salaire ?")
    assert value("matched", page, "La rémunération est versée.") > 2 * value("matched", page, "La voiture est bleue.")


@pytest.mark.parametrize(
    ("query", "states", "states_not"),
    [
        ("combien coûte ma carte ?", "Elle est à 25 €.", "Elle est bleue."),
        ("quel délai pour ma carte ?", "Comptez 3 semaines.", "Comptez sur nous."),
    ],
)
def test_sentence_worth_is_more_if_the_aspect_that_is_asked_for_is_stated(query: str, states: str, states_not: str) -> None:
    assert (value("aspects", read(query), states), value("aspects", read(query), states_not)) == (1.0, 0.0)
    more, less = worth(read(query), states, states_not)
    matched = value("matched", read(query), states) - value("matched", read(query), states_not)
    assert more - less == pytest.approx(FACTOR["aspects"] + FACTOR["figure"] + FACTOR["matched"] * matched)


def test_sentence_values_aspects_of_several_is_the_share_that_is_stated() -> None:
    assert value("aspects", read("quel prix et quel délai pour ma carte ?"), "Elle est à 25 €.") == 0.5


@pytest.mark.parametrize("contact", ["- Par téléphone : 34 00, coût 25 € la minute", "Par courriel : réponse sous 25 €"])
def test_sentence_values_aspects_of_a_contact_is_no_cost(contact: str) -> None:
    assert value("aspects", read("combien coûte ma carte ?"), contact) == 0.0
    assert value("aspects", read("combien coûte ma carte ?"), contact.replace(" :", ", il faut payer")) == 1.0


def test_sentence_worth_of_an_opening_sentence_is_more_and_of_the_first_most() -> None:
    page = read()
    first, second, other = worth(
        page, *(f"{begins} beaucoup de timbres en papier." for begins in ("Elle vaut", "Déclarez", "Voici"))
    )
    assert first > second > other
    assert second - other == pytest.approx(FACTOR["opening"] + FACTOR["opening_rank"] / 7)


@pytest.mark.parametrize("text", ["Elle vaut 25 €.", "- Elle vaut 25 €.", "1. Elle  vaut 25 €."])
def test_sentence_values_opening_compares_first_words_without_list_marks(text: str) -> None:
    assert (value("opening", read(), text), value("opening_rank", read(), text)) == (1.0, 0.0)


def test_sentence_worth_of_the_sentence_that_answers_the_nearest_question_is_most() -> None:
    page = read(near={0: 0.5, 1: 0.7, 2: 0.6}, page=PAGE.model_copy(update={"opening": ()}))
    nearest, near, none = worth(page, "Elle vaut.", "Allez.", "Voici.")
    assert nearest > near > none
    assert [value("question", page, text) for text in ("Elle vaut.", "Allez.", "Voici.")] == pytest.approx([0.0, -1.0, -2.2])


def test_sentence_values_question_share_is_the_share_of_all_questions_by_nearness() -> None:
    page = read(near={0: 0.5, 1: 0.5, 2: 0.5})
    shares = [value("question_share", page, text) for text in ("Elle vaut.", "Allez.", "Voici.")]
    assert shares == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert value("question_share", read(near={0: 0.2, 1: 0.2, 2: 0.9}), "Allez.") == pytest.approx(1.0)


def test_sentence_values_of_a_page_without_questions_are_the_same_for_all_sentences() -> None:
    page = read()
    assert value("question", page, "Elle vaut.") == value("question", page, "Voici.") == pytest.approx(-0.2)
    assert value("question_share", page, "Elle vaut.") == 0.0


@pytest.mark.parametrize(
    ("passage", "part"),
    [(LOSS, 0.0), (DELAY, -2.5), (INTRODUCTION, -6.0), (None, 0.0)],  # the search does not rank the introduction
)
def test_sentence_values_part_is_the_odds_of_its_part(passage: int | None, part: float) -> None:
    assert value("part", read(odds={LOSS: 0.0, DELAY: -2.5}), "Voici.", passage) == part


def test_sentence_values_part_of_a_very_unlikely_part_is_that_of_one_that_is_not_ranked() -> None:
    assert value("part", read(odds={LOSS: 0.0, DELAY: -20.0}), "Voici.", DELAY) == -6.0


def test_sentence_values_part_is_that_of_all_passages_under_its_headings() -> None:
    cases = Cases(cases=tuple(Case(label=label, body=(TextBlock(markdown="Venez."),)) for label in ("Majeur", "Mineur")))
    page = PAGE.model_copy(update={"body": (Chapter(heading="Lieu", body=(cases,)), *PAGE.body)})
    asked = read(page=page, odds={3: 0.0, 2: -1.5})  # the second case is the best passage of its part
    assert [value("part", asked, "Voici.", passage) for passage in (1, 2, 3)] == [-1.5, -1.5, 0.0]


def test_sentence_values_place_is_that_of_the_passage_on_its_page() -> None:
    assert [value("place", read(), "Voici.", passage) for passage in (INTRODUCTION, LOSS, DELAY, None)] == [0.0, 0.5, 1.0, 0.0]
    assert value("place", read(page=PAGE.model_copy(update={"body": ()})), "Voici.", 0) == 0.0


@pytest.mark.parametrize(
    ("query", "passage", "unasked"), [("perte", LOSS, False), ("combien", LOSS, True), ("combien", INTRODUCTION, False)]
)
def test_sentence_values_unasked_is_of_headings_that_the_message_does_not_mean(query: str, passage: int, unasked: bool) -> None:
    assert (value("unasked", read(query), "Allez en mairie.", passage) > 0.5) is unasked


def test_sentence_values_unasked_of_a_sentence_without_a_passage_is_zero() -> None:
    assert value("unasked", read("combien"), "Allez en mairie.") == 0.0


def test_sentence_values_begins_is_that_of_the_sentence() -> None:
    assert [value("begins", read(), "Voici.", LOSS, begins=begins) for begins in (True, False)] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Le timbre vaut 25 €.", {"figure", "short"}),
        ("La demande prend trois mois dans la plupart des mairies.", {"figure"}),
        ("Les enfants habitent dans la ville de leurs parents.", set()),  # neither "ans" nor "an"
        ("Vous pouvez venir sans rendez-vous à la mairie de votre choix.", {"permits", "denies"}),
        ("Une pièce d'identité est obligatoire pour chaque demandeur.", {"obliges"}),
        ("Il n'existe aucune autre mairie dans les environs du village.", {"denies"}),
        ("Le pastel et le nectar plaisent aux passants de la grande rue.", set()),  # neither "pas" nor "ne"
        ("x" * 39, {"short"}),
        ("x" * 40, set()),
    ],
)
def test_sentence_values_of_kinds_follow_from_the_sentence_alone(sentence: str, kinds: set[str]) -> None:
    names = ("figure", "permits", "obliges", "denies", "short")
    assert {name for name in names if value(name, read(), sentence)} == kinds


LOWERS = ("unasked", "opening_rank", "place", "short")


@pytest.mark.parametrize("name", VALUES)
def test_weights_have_the_expected_sign(name: str) -> None:
    assert (FACTOR[name] < 0) is (name in LOWERS)
    assert FACTOR[name]


def test_sentence_worth_is_the_weighted_sum_of_the_values() -> None:
    page = read("perte au consulat", near={0: 0.5, 2: 0.4}, odds={LOSS: 0.0, DELAY: -1.0})
    sentences = [PageSentence("Allez au consulat.", LOSS, begins=True), PageSentence("Elle vaut 25 €.", DELAY)]
    sums = [sum(FACTOR[name] * one for name, one in zip(VALUES, row, strict=True)) for row in sentence_values(page, sentences)]
    assert sentence_worth(page, sentences) == pytest.approx(sums)


def test_sentence_worth_has_one_value_for_each_sentence_in_order() -> None:
    sentences = ["La perte.", "Rien.", "Le consulat.", "La perte au consulat."]
    values = worth(read("perte au consulat"), *sentences)
    assert sorted(values) == [values[1], values[0], values[2], values[3]]
    assert worth(read("perte au consulat"), *reversed(sentences)) == values[::-1]
    assert worth(read("perte au consulat")) == []


@pytest.mark.parametrize("query", ["", "?", "carte"])
def test_sentence_values_of_a_question_that_asks_nothing_cover_nothing(query: str) -> None:
    assert [value("covered", read(query), text) for text in ("La perte.", "Elle vaut 25 €.")] == [0.0, 0.0]
