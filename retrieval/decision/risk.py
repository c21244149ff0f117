"""The quality of a confidence: is it calibrated, and what does a threshold achieve? Pure functions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

BINS = 10
Numbers = Sequence[float] | NDArray[np.float64]
Truths = Sequence[bool] | NDArray[np.bool_]


class Bin(BaseModel):
    """One bar of a reliability diagram: the mean and the share right of ``count`` predictions between ``low`` and ``high``."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    count: int
    predicted: float
    right: float


class Point(BaseModel):
    """The effect of answering from ``threshold`` up: the share ``answered`` of the questions with an answer; the share of these
    that is ``right``; and the share answered of questions whose answer is ``withheld`` from the index (0 without any).
    """

    model_config = ConfigDict(frozen=True)

    threshold: float
    answered: float
    right: float
    withheld: float


def reliability(confidence: Numbers, right: Truths, bins: int = BINS) -> list[Bin]:
    """Returns bins of equal width from 0 to 1; empty ones are left out."""
    predicted, true = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    numbers = np.minimum((predicted * bins).astype(np.int64), bins - 1)
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=int(held.sum()),
            predicted=round(float(predicted[held].mean()), 4),
            right=round(float(true[held].mean()), 4),
        )
        for number in range(bins)
        if (held := numbers == number).any()
    ]


def calibration_error(found: Sequence[Bin]) -> float:
    """Returns the expected calibration error: the mean distance between predicted and right, weighted by the bins' counts."""
    total = sum(one.count for one in found)
    return round(sum(one.count * abs(one.predicted - one.right) for one in found) / total, 4) if total else 0.0


def risk_coverage(confidence: Numbers, right: Truths, withheld: Numbers = (), steps: int = 20) -> list[Point]:
    """Returns the curve in ``steps`` of equal coverage, the most confident first.

    ``confidence`` and ``right`` are those of questions with an answer; ``withheld`` are the confidences of questions whose
    answers are not in the index. Without questions the curve is empty.
    """
    ordered = np.sort(np.asarray(confidence, np.float64))[::-1]
    if not len(ordered):
        return []
    ends = np.unique(np.ceil(np.linspace(0, len(ordered), steps + 1)[1:]).astype(np.int64))
    return [at_threshold(confidence, right, withheld, float(ordered[end - 1])) for end in ends]


def at_threshold(confidence: Numbers, right: Truths, withheld: Numbers, threshold: float) -> Point:
    """Returns the point of the curve at ``threshold``."""
    answered = np.asarray(confidence, np.float64) >= threshold
    true: NDArray[np.bool_] = np.asarray(right, np.bool_)
    hopeless = np.asarray(withheld, np.float64) >= threshold
    return Point(
        threshold=round(threshold, 4),
        answered=round(float(answered.mean()), 4) if len(answered) else 0.0,
        right=round(float(true[answered].mean()), 4) if answered.any() else 0.0,
        withheld=round(float(hopeless.mean()), 4) if len(hopeless) else 0.0,
    )
