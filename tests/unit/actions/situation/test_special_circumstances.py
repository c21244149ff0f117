"""Parts of a page for circumstances of few people."""

from __future__ import annotations

import pytest

from actions.situation.special_circumstances import circumstances, demanded_circumstances


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


@pytest.mark.parametrize(
    ("label", "is_past"),
    [
        ("Bail signé avant le 27 mars 2014", True),
        ("Chômage jusqu'en 2011", True),
        ("Bail signé à partir du 27 mars 2014", False),
        ("Vous êtes né avant 1988", False),
        ("Démission avant la fin du contrat", False),
    ],
)
def test_what_happened_before_a_year_is_a_circumstance_of_few_people(label: str, is_past: bool) -> None:
    assert bool(demanded_circumstances(label)) is is_past
    assert demanded_circumstances(label) <= circumstances("mon bail de 2012")
    assert not circumstances("mon bail meublé")
