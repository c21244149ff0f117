"""How much a sentence says of what is asked."""

from __future__ import annotations

import pytest

from core.entry import Entry
from retrieval.passages.choice import Asked
from retrieval.passages.sentence_worth import ASPECT_WORTH, opening_worth, sentence_worth
from retrieval.query.query import Query
from retrieval.terms.analysis import terms

TITLE = "Carte d'identité"
RARE = "consulat"


def worth(query: str, *sentences: str) -> list[float]:
    """Of words that are all equally rare, but one that is three times as rare."""

    def rarity(term: str) -> float:
        return 3.0 if term in terms(RARE) else 1.0

    return sentence_worth(Asked.of(Query(query, terms(query)), TITLE, rarity), sentences)


@pytest.mark.parametrize(
    ("query", "sentence", "value"),
    [
        ("perte au commissariat", "Déclarez la perte au commissariat.", 1.0),
        ("perte au commissariat", "Déclarez la perte.", 0.5),
        ("perte au commissariat", "La carte est bleue.", 0.0),
        ("perte au consulat", "Déclarez la perte.", 0.25),  # the rarer word is missing
        ("perte au consulat", "Allez au consulat.", 0.75),
        ("carte d'identité", "La carte d'identité est bleue.", 0.0),  # the title's words say nothing of a sentence
        ("ma carte perdue", "Elle est perdue.", 1.0),
    ],
)
def test_sentence_worth_is_the_share_of_the_words_that_are_asked_for(query: str, sentence: str, value: float) -> None:
    assert worth(query, sentence) == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("query", "says", "says_not"),
    [
        ("combien coûte ma carte ?", "Elle vaut 25 €.", "Elle est bleue."),
        ("quel délai pour ma carte ?", "Comptez 3 semaines.", "Comptez sur nous."),
    ],
)
def test_sentence_worth_is_more_where_the_aspect_is_spoken_of(query: str, says: str, says_not: str) -> None:
    more, less = worth(query, says, says_not)
    assert more - less == pytest.approx(ASPECT_WORTH)


def test_sentence_worth_of_the_word_that_asks_is_nothing() -> None:
    amount, word = worth("quel est le montant de ma carte ?", "Elle vaut 25 €.", "Le montant est donné à titre indicatif.")
    assert amount == pytest.approx(ASPECT_WORTH)
    assert word == 0.0


def test_sentence_worth_has_one_value_for_each_sentence_in_order() -> None:
    sentences = ["La perte.", "Rien.", "Le consulat.", "La perte au consulat."]
    values = worth("perte au consulat", *sentences)
    assert sorted(values) == [values[1], values[0], values[2], values[3]]
    assert worth("perte au consulat") == []


@pytest.mark.parametrize("query", ["", "?", "carte"])
def test_sentence_worth_of_a_question_that_asks_nothing_is_nothing(query: str) -> None:
    assert worth(query, "La perte.", "Elle vaut 25 €.") == [0.0, 0.0]


def test_opening_worth_is_the_less_the_later_a_sentence_stands() -> None:
    page = Entry(id="O1", collection="test", title=TITLE, opening=("Elle vaut", "Déclarez"))
    first, second, other = (
        opening_worth(page, text) for text in ("Elle vaut 25 €.", "Déclarez la perte.", "La carte est bleue.")
    )
    assert first > second > other == 0


def test_sentence_worth_of_a_contact_is_no_more_where_a_cost_is_asked_for() -> None:
    contact, cost = worth("combien coûte ma carte ?", "- Par téléphone : 34 00, coût 25 € la minute", "Elle vaut 25 €.")
    assert cost > contact
