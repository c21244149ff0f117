"""The ruler: what one answer is worth, the figures of many, and the equality table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.benchmark.questions import STANDARD
from tools.benchmark.systems import Answer
from tools.evaluation.compare import interval
from tools.evaluation.first_reply.files import ANSWERS, GradedQuestion
from tools.evaluation.first_reply.folding import folded, states

READ = 600  # characters of an answer that are read: a long text is no better answer
_SHOWN = 3  # pages that a citizen looks at
_USEFUL = 2  # the least grade of a page that helps


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer. ``states``: its text states all facts; ``first_right``: its first page answers; ``in_three``: one of the
    first three does; ``off``: pages are named, and none of the three helps; ``silent``: there is no text.
    """

    states: bool
    first_right: bool
    in_three: bool
    off: bool
    silent: bool


FIGURES = tuple(Measured.__dataclass_fields__)


def measure(asked: GradedQuestion, answer: Answer) -> Measured:
    """Returns what ``answer`` is worth by the grades and facts of ``asked``."""
    text = folded(answer.text)[:READ]
    grades = [asked.grades.get(page, 0) for page in answer.pages[:_SHOWN]]
    return Measured(
        states=bool(asked.must) and all(any(states(text, folded(fact)) for fact in group) for group in asked.must),
        first_right=grades[:1] == [ANSWERS],
        in_three=ANSWERS in grades,
        off=bool(grades) and max(grades) < _USEFUL,
        silent=not text,
    )


def figures(asked: Sequence[GradedQuestion], answers: Mapping[str, Answer]) -> dict[str, float]:
    """Returns ``n`` and each share, 0 to 1; ``states`` is a share of the questions whose facts are known."""
    measured = [(one, measure(one, answers[one.id])) for one in asked]
    found: dict[str, float] = {"n": len(measured)}
    for name in FIGURES:
        counted = [getattr(result, name) for one, result in measured if one.must or name != "states"]
        found[name] = round(sum(counted) / len(counted), 3) if counted else 0.0
    return found


@dataclass(frozen=True, slots=True)
class Gap:
    """How much less often the way of writing ``way`` is served than plain French, in the figure ``figure``: a difference of
    shares, with its 95 % interval (bootstrap over the questions).
    """

    way: str
    figure: str
    difference: float
    low: float
    high: float


def gaps(parts: Mapping[str, Sequence[GradedQuestion]], answers: Mapping[str, Answer]) -> list[Gap]:
    """Returns the gap of each way, largest first. Pages are compared if the system names any, else stated facts."""
    named = any(answer.pages for answer in answers.values())
    figure = "in_three" if named else "states"
    served = {way: [bool(getattr(measure(one, answers[one.id]), figure)) for one in part] for way, part in parts.items()}
    found = []
    for way, part in served.items():
        if way != STANDARD:
            lost = [float(plain) - float(other) for plain, other in zip(served[STANDARD], part, strict=True)]
            found.append(Gap(way, figure, round(sum(lost) / len(lost), 3), *interval(lost)))
    return sorted(found, key=lambda gap: -gap.difference)
