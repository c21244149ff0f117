"""The chapter of a page that is meant for the situation that a question tells."""

from __future__ import annotations

import pytest

from actions.replies.navigation_pages import in_chapter
from core.entry import passages
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.policy.test_follow_up import page

WORK = page(
    7,
    "À partir de quel âge peut-on travailler ?",
    ("À 14 ans", "Pendant la moitié des vacances."),
    ("À partir de 16 ans", "Sauf certains travaux."),
    ("Salaire", "Selon l'âge."),
)
FOURTEEN, SIXTEEN, PAY = (
    next(one.order for one in passages(WORK) if one.headings == (heading,))
    for heading in ("À 14 ans", "À partir de 16 ans", "Salaire")
)


@pytest.mark.parametrize(
    ("query", "found", "shown"),
    [
        ("mon fils a 16 ans il veut travailler", FOURTEEN, SIXTEEN),
        ("ma fille de 14 ans veut travailler", SIXTEEN, FOURTEEN),
        ("mon fils a 17 ans, quel salaire", PAY, PAY),  # nothing there is against it
        ("mon fils a 12 ans", FOURTEEN, FOURTEEN),  # no chapter is for him
        ("mon fils veut travailler", FOURTEEN, FOURTEEN),
    ],
)
def test_a_chapter_for_another_age_gives_way_to_the_one_for_this(query: str, found: int, shown: int) -> None:
    assert in_chapter(FakeKnowledge(), WORK, found, query) == shown
