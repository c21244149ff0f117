"""When a passage that is shown counts as right: its heading alone, and with the citizen's case."""

from __future__ import annotations

import pytest

from core.entry import Passage
from retrieval.evaluation.questions import Question
from tests.unit.tools.evaluation.rows import row
from tools.evaluation.passages import answers, passage_figures, under_heading

ASKED = Question(question="combien pour un mineur", headings=("Coût",), cases=("Mineur",), also=(("Tarifs",),))


@pytest.mark.parametrize(
    ("headings", "cases", "heading_right", "right"),
    [
        (("Coût",), ("Mineur",), True, True),
        (("Coût",), ("Majeur",), True, False),
        (("Tarifs",), (), True, True),
        (("Délai",), ("Mineur",), False, False),
    ],
)
def test_the_heading_counts_by_itself_and_the_case_where_the_question_tells_one(
    headings: tuple[str, ...], cases: tuple[str, ...], heading_right: bool, right: bool
) -> None:
    passage = Passage(order=1, headings=headings, cases=cases, markdown="25 €")
    assert (under_heading(passage, ASKED), answers(passage, ASKED)) == (heading_right, right)


def test_both_are_told() -> None:
    shown = [row(1, 1, heading_right=True, given_right=True), row(2, 1, heading_right=True, given_right=False)]
    figures = passage_figures([*shown, row(3, 2, heading_right=False, given_right=False), row(4, 1)])
    assert (figures["right heading, entry given"], figures["right, entry given"]) == (0.5, 0.25)


def test_a_page_begun_at_its_head_is_no_part_shown_wrongly() -> None:
    wrong, head = (
        row(number, 1, heading_right=False, given_right=False, shown=shown) for number, shown in enumerate(("Coût", ""))
    )
    answering = row(3, 1, heading_right=True, given_right=True, shown="")
    assert passage_figures([wrong, head, answering, answering])["page's head, entry given"] == 0.25
