"""Pages that say the same of two situations are told from pages that are only alike."""

from __future__ import annotations

import pytest

from actions.replies.audience_variants import are_twins, meant
from actions.situation.reading import facts_in

ADULT = "Carte d'identité d'un majeur : en cas de perte"
CHILD = "Carte nationale d'identité d'un mineur : en cas de perte"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ADULT, CHILD),
        ("Mariage d'un Français à l'étranger", "Mariage en France"),
        ("Passeport d'un mineur : première demande", "Renouvellement du passeport d'un mineur"),
    ],
)
def test_twins_differ_by_one_situation(first: str, second: str) -> None:
    assert are_twins(first, second)
    assert are_twins(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ADULT, ADULT),
        (ADULT, "Que faire si je retrouve une carte d'identité ou un passeport perdu ou volé ?"),
        (ADULT, "Renouvellement du passeport d'un mineur"),
        ("Carte électorale", "Carte Vitale"),
    ],
)
def test_other_pages_are_no_twins(first: str, second: str) -> None:
    assert not are_twins(first, second)


def test_what_is_known_of_the_citizen_decides_and_else_the_order() -> None:
    assert meant((ADULT, CHILD), facts_in("pour ma fille de 12 ans")) == 1
    assert meant((CHILD, ADULT), facts_in("pour ma fille de 12 ans")) == 0
    assert meant((CHILD, ADULT), {}) == 0
