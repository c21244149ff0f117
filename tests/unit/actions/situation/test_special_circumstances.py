"""Parts of a page for circumstances of few people."""

from __future__ import annotations

import pytest

from actions.situation.special_circumstances import circumstances


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Vous êtes incarcéré", {"prison"}),
        ("Activité non salariée", {"self_employed"}),
        ("Exercice d'une activité agricole", {"farming"}),
        ("Vous êtes ancien combattant ou prisonnier de guerre", {"war"}),
        ("Vous n'êtes pas étudiant", set()),
        ("Cas général", set()),
        ("Vous avez 67 ans (ou plus)", set()),
    ],
)
def test_circumstances_of_few_people_are_named_and_not_denied(text: str, named: set[str]) -> None:
    assert circumstances(text) == named
