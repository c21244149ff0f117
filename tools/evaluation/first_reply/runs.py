"""Runs of this measurement: stored like those of other evaluations, together with the replies; published for /about;
compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from retrieval.evaluation import runs
from retrieval.evaluation.rows import Found, Row
from retrieval.evaluation.runs import Configuration, Run, new_run
from tools.evaluation.compare import Difference, interval
from tools.evaluation.first_reply.figures import SHARES, figures_by_theme
from tools.evaluation.first_reply.files import ANSWERS, GradedQuestion
from tools.evaluation.first_reply.judgement import Judged

KIND = "first-reply"
PUBLISHED = ("says", "in_two", "misleading")  # what /about shows


class FirstReplyRun(Run):
    """A run with the judgement of every reply. Its ``rows``, for other evaluations, are entries of contents, then of
    buttons.
    """

    replies: tuple[Judged, ...]


def first_reply_run(asked: Sequence[GradedQuestion], judged: Sequence[Judged], configuration: Configuration) -> FirstReplyRun:
    """Returns the run of ``judged``, the replies to ``asked`` in the same order."""
    rows = [_row(question, one) for question, one in zip(asked, judged, strict=True)]
    run = new_run(KIND, configuration, figures_by_theme(judged), rows)
    return FirstReplyRun(**dict(run), replies=tuple(judged))


def _row(asked: GradedQuestion, judged: Judged) -> Row:
    shown = dict.fromkeys((*judged.contents, *judged.buttons))
    return Row(
        id=asked.id,
        question=asked.message,
        gold=tuple(entry for entry, grade in asked.grades.items() if grade == ANSWERS),
        theme=judged.theme,
        found=tuple(Found(id=entry, title="") for entry in shown),
    )


def replies_of(run: Run, home: Path) -> tuple[Judged, ...]:
    """Returns the replies of a stored ``run`` of this kind. Raises ``RunUnreadable``."""
    return runs.load(FirstReplyRun, home, run.id).replies


def compare_replies(before: Sequence[Judged], after: Sequence[Judged]) -> list[Difference]:
    """Returns the difference of every share over the questions that both runs asked and that count in both (paired bootstrap).

    Raises ``ValueError`` without a common question.
    """
    old = {one.id: one for one in before}
    pairs = [(old[one.id], one) for one in after if one.id in old]
    if not pairs:
        raise ValueError("the two runs have no question in common")
    found = []
    for share in SHARES:
        counted = [[float(share.holds(one)) for one in pair] for pair in pairs if all(map(share.among, pair))]
        if counted:
            first, second = (round(sum(side) / len(counted), 4) for side in zip(*counted, strict=True))
            low, high = interval([later - earlier for earlier, later in counted])
            found.append(Difference(share.name, len(counted), first, second, low, high))
    return found


def publish(run: FirstReplyRun, home: Path) -> Path:
    """Writes the figures for /about. Without facts, those on stated facts are left out."""
    return runs.publish(run, home, "first_reply", [name for name in PUBLISHED if name in run.figures[""]])
