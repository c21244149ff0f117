"""A newer page of another source has the grade of the page that answers the same."""

from __future__ import annotations

from tools.evaluation.first_reply.files import with_twins


def test_with_twins_gives_a_twin_the_best_grade_of_its_pages_unless_it_has_its_own() -> None:
    twins = {"TE1": ["F1", "F2"], "TE2": ["F3"], "TE3": ["F1"]}
    assert with_twins({"F1": 2, "F2": 3, "TE3": 1}, twins) == {"F1": 2, "F2": 3, "TE1": 3, "TE3": 1}
