"""The measures for comparing runs: for each kind of run its parts, and in each the figures as sums over questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.evaluation.rows import Row
from tools.evaluation.answers import OUTCOMES

CLEAN = "clean"  # the part of a noise run without noise
Pair = tuple[Row, Row]  # the same question before and after


def _always(row: Row) -> float:
    return 1.0


@dataclass(frozen=True)
class Measure:
    """A share or mean: the sum of ``value`` over the sum of ``weight``, which selects the questions that count."""

    name: str
    value: Callable[[Row], float]
    weight: Callable[[Row], float] = _always


def _within(depth: int) -> Callable[[Row], float]:
    return lambda row: float(row.rank is not None and row.rank <= depth)


def _outcome(name: str) -> Measure:
    return Measure(name, lambda row: float(row.outcome == name))


RECALL = (
    *(Measure(f"recall@{depth}", _within(depth)) for depth in (1, 3, 5, 10)),
    Measure("mrr@10", lambda row: 1 / row.rank if row.rank and row.rank <= 10 else 0.0),
)
_OUTCOMES = tuple(map(_outcome, OUTCOMES))
_ANSWERS = (
    *_OUTCOMES,
    Measure(
        "precision",
        lambda row: float(row.decision == "answered" and row.right),
        lambda row: float(row.decision == "answered"),
    ),
    Measure("brier", lambda row: (row.confidence - row.right) ** 2),
)
_PASSAGES = (
    Measure("right heading, entry given", lambda row: float(bool(row.heading_right))),
    Measure("right, entry given", lambda row: float(bool(row.given_right))),
    Measure("page's head, entry given", lambda row: float(row.at_head)),
    Measure("right, end to end", lambda row: float(bool(row.passage_right))),
    Measure("entry first", lambda row: float(row.right)),
)
_LANGUAGES = (
    Measure("recall@1", _within(1)),
    Measure("recall@5", _within(5)),
    Measure("detected", lambda row: float(row.language == row.part)),
)
_IN_PARTS = ("oos", "languages", "noise")  # figures over all parts together are meaningless
_NOISE = (Measure("recall@1", _within(1)), Measure("recall@5", _within(5)))


def measures_of(kind: str) -> Sequence[Measure]:
    """Returns the figures of a run of this kind, with the names in its own table."""
    own: Mapping[str, Sequence[Measure]] = {
        "answers": _ANSWERS,
        "passages": _PASSAGES,
        "oos": _OUTCOMES,
        "languages": _LANGUAGES,
        "noise": _NOISE,
    }
    return own.get(kind, RECALL)


def parts_of(kind: str, pairs: Sequence[Pair], named: Sequence[str] = ()) -> dict[str, list[Pair]]:
    """Returns the pairs of each part, as in the run's table. ``named`` are the parts of that table.

    A single withheld theme has too few rows, so all themes are together under the first name, as in the table.
    """
    told: dict[str, list[Pair]] = {} if kind in _IN_PARTS else {"": list(pairs)}
    for pair in pairs:
        row = pair[1]
        name = row.kind if kind == "passages" else row.part
        if kind == "oos" and name not in named:
            name = next(iter(named), name)
        if name:
            told.setdefault(name, []).append(pair)
    return told
