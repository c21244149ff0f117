"""Departments whose names are everyday words."""

from __future__ import annotations

import pytest

from actions.situation.places import places


@pytest.mark.parametrize(
    ("text", "departments"),
    [
        ("j'habite dans la vienne", {"86"}),
        ("en vienne", {"86"}),
        ("il faut qu'elle vienne avec moi", set()),
        ("quelle somme ?", set()),
        ("celle du cher", {"18"}),
    ],
)
def test_department_is_named_behind_a_preposition_that_is_a_word(text: str, departments: set[str]) -> None:
    assert places(text, anywhere=False)[0] == departments
