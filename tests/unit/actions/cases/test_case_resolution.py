"""From the passage that was found to the citizen's own case, when the passage stands in another one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actions.cases.case_resolution import guide
from actions.cases.case_tree import Fork, counterparts
from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from tests.unit.actions.fakes import LOST_ABROAD

TEXTS = [passage.markdown for passage in passages(LOST_ABROAD)]


def first(orders: Sequence[int]) -> int:
    """A choice by the words alone takes the first: a passage may say less of the question than another case's does."""
    return min(orders)


@pytest.mark.parametrize(
    ("found", "case", "shown"),
    [
        ("25 € en espèces.", 0, "25 € en timbre fiscal."),
        ("25 € en timbre fiscal.", 1, "25 € en espèces."),
        ("25 € en espèces.", 1, "25 € en espèces."),
        ("Par courrier.", 0, "Déclarez la perte au guichet."),  # no such part in that case: whatever answers best there
    ],
)
def test_another_case_is_answered_from_the_same_part(found: str, case: int, shown: str) -> None:
    def case_of(fork: Fork) -> int:
        return case

    guidance = guide(LOST_ABROAD, TEXTS.index(found), case_of, first)
    assert guidance.passage is not None
    assert TEXTS[guidance.passage] == shown


def chapter(heading: str, *body: TextBlock | Chapter) -> Chapter:
    return Chapter(heading=heading, body=body)


def test_counterparts_are_of_the_same_chapter_before_they_have_the_same_last_heading() -> None:
    what = "De quoi s'agit-il ?"
    empty = chapter("Congé pour vendre", chapter(what, TextBlock(markdown="Logement vide : pour vendre.")))
    furnished = (
        chapter("Congé pour reprise", chapter(what, TextBlock(markdown="Logement meublé : pour y habiter."))),
        chapter("Congé pour vendre", TextBlock(markdown="Logement meublé : pour vendre.")),
    )
    cases = Cases(cases=(Case(label="Vide", body=(empty,)), Case(label="Meublé", body=furnished)))
    found = Entry(id="G1", collection="test", title="Congé", body=(cases,))
    assert [passages(found)[order].markdown for order in counterparts(found, 0, [1, 2])] == ["Logement meublé : pour vendre."]
    assert counterparts(found, 1, [0]) == [0]
