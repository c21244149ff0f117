"""The decisions of the policy on questions: outcomes, right answers, and the quality of the confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.evaluation.rows import Row

BINS = 10
OUTCOMES = ("answered", "choices", "clarified", "no_answer", "out_of_scope")  # clarified: the citizen was asked for the subject
OFFERED = 4  # entries that a citizen is offered when the decision is ``choices``


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: their number, their mean confidence, and the share that is right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Point:
    """A point of the curve: the share that is right if the ``coverage`` (share) of the most confident questions is answered."""

    coverage: float
    precision: float
    confidence: float


def outcomes(rows: Sequence[Row]) -> dict[str, float]:
    """Returns the share of each of ``OUTCOMES``."""
    count = max(len(rows), 1)
    return {name: round(sum(row.outcome == name for row in rows) / count, 4) for name in OUTCOMES}


def answer_figures(rows: Sequence[Row]) -> dict[str, float]:
    """Returns the outcomes; ``precision`` (share of the answered that is right); ``choices_right`` (share of the choices that
    offer a right entry); ``precision@20``, ``@35``, ``@50`` (of that share of most confident questions); ``ece`` (expected
    calibration error over ten bins) and ``brier``, both 0 at best.
    """
    answered = [row for row in rows if row.decision == "answered"]
    offered = [row for row in rows if row.outcome == "choices"]
    curve = risk_coverage(rows)
    figures = {
        "n": float(len(rows)),
        **outcomes(rows),
        "precision": _mean([row.right for row in answered]),
        "choices_right": _mean([row.rank is not None and row.rank <= OFFERED for row in offered]),
        **{f"precision@{share}": _precision_at(curve, share / 100) for share in (20, 35, 50)},
        "ece": expected_calibration_error(rows),
        "brier": _mean([(row.confidence - row.right) ** 2 for row in rows]),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def reliability(rows: Sequence[Row], bins: int = BINS) -> list[Bin]:
    """Returns rows by confidence, in ``bins`` of equal number (a bin of equal width would often be empty)."""
    ordered = sorted(rows, key=lambda row: row.confidence)
    parts = [part for part in np.array_split(np.arange(len(ordered)), bins) if len(part)]
    return [
        Bin(
            len(part),
            _mean([ordered[at].confidence for at in part]),
            _mean([ordered[at].right for at in part]),
        )
        for part in parts
    ]


def expected_calibration_error(rows: Sequence[Row]) -> float:
    """Returns the mean distance, over the bins, between the confidence and the share that is right."""
    return sum(part.count * abs(part.confidence - part.right) for part in reliability(rows)) / max(len(rows), 1)


def risk_coverage(rows: Sequence[Row]) -> list[Point]:
    """Returns the precision at every coverage, from the most confident question alone to all."""
    ordered = sorted(rows, key=lambda row: -row.confidence)
    right = np.cumsum([row.right for row in ordered])
    return [
        Point((number + 1) / len(ordered), float(right[number]) / (number + 1), row.confidence)
        for number, row in enumerate(ordered)
    ]


def _precision_at(curve: Sequence[Point], coverage: float) -> float:
    return next((point.precision for point in curve if point.coverage >= coverage), 0.0)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0
