"""The sentences that open a page, found by their first words."""

from __future__ import annotations

import pytest

from core.entry import Entry, TextBlock
from core.opening_sentences import in_page, may_hold_opening, opening_rank

PAGE = Entry(
    id="O1",
    collection="test",
    title="Carte",
    opening=("Elle coûte 25 €", "Un mois"),
    body=(TextBlock(markdown="Elle coûte **25 €** après une perte."), TextBlock(markdown="Elle coûte 42 € après un vol.")),
)
CHANGED = PAGE.model_copy(update={"body": (TextBlock(markdown="Elle coûte 1 027,50 € après une perte."),)})


@pytest.mark.parametrize(
    ("sentence", "rank"),
    [
        ("Elle coûte 25 € après une perte.", 0),
        ("Elle coûte  25\N{NO-BREAK SPACE}€ après une perte.", 0),
        ("- - Un mois au plus", 1),
        ("1. Un mois au plus", 1),
        ("Après une perte, elle coûte 25 €.", None),
        ("Elle coûte 42 € après un vol.", None),
    ],
)
def test_opening_rank_is_the_place_of_the_first_words(sentence: str, rank: int | None) -> None:
    assert opening_rank(PAGE, sentence) == rank


def test_opening_rank_finds_the_sentence_whose_amount_was_changed() -> None:
    assert opening_rank(CHANGED, "Elle coûte 1 027,50 € après une perte.") == 0


@pytest.mark.parametrize(("words", "found"), [("Elle coûte 25 €", True), ("Elle coûte 30 €", True), ("Il coûte 25 €", False)])
def test_in_page_does_not_compare_figures(words: str, found: bool) -> None:
    assert in_page(PAGE, words) is found


def test_opening_rank_of_a_page_without_opening_is_none() -> None:
    assert opening_rank(PAGE.model_copy(update={"opening": ()}), "Elle coûte 25 €.") is None


@pytest.mark.parametrize(
    ("markdown", "may"),
    [("Elle **coûte** [25 €](https://example.org)", True), ("Elle **coûte** 30 €", True), ("Il coûte 25 €", False)],
)
def test_may_hold_opening_wants_all_first_words(markdown: str, may: bool) -> None:
    assert may_hold_opening(PAGE, markdown) is may
