"""Whether one run is better than another: paired bootstrap over the questions that both asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.evaluation.rows import Row

RESAMPLES = 10_000
SEED = 7
METRICS: Mapping[str, Callable[[Row], float]] = {
    "recall@1": lambda row: float(row.rank == 1),
    "recall@3": lambda row: float((row.rank or 99) <= 3),
    "recall@5": lambda row: float((row.rank or 99) <= 5),
    "recall@10": lambda row: float((row.rank or 99) <= 10),
    "mrr@10": lambda row: 1 / row.rank if row.rank and row.rank <= 10 else 0.0,
}


@dataclass(frozen=True)
class Difference:
    """A metric of two runs over ``n`` common questions; ``low`` to ``high`` holds the difference with 95 %."""

    metric: str
    n: int
    before: float
    after: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether the interval leaves no difference out."""
        return self.low > 0 or self.high < 0


def interval(values: Sequence[float], *, seed: int = SEED, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The bootstrap's 95 % interval of the mean of ``values``; (0, 0) of none."""
    if not len(values):
        return 0.0, 0.0
    means = _means(np.asarray(values, dtype=np.float64), seed, resamples)
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def compare(before: Sequence[Row], after: Sequence[Row], *, seed: int = SEED) -> list[Difference]:
    """Each metric over the questions with gold (by ``Row.key``) that both runs have. Raises ``ValueError`` without any."""
    old = {row.key: row for row in before if row.gold}
    pairs = [(old[row.key], row) for row in after if row.gold and row.key in old]
    if not pairs:
        raise ValueError("the two runs have no question in common")
    found = []
    for name, metric in METRICS.items():
        first, second = ([metric(pair[side]) for pair in pairs] for side in (0, 1))
        low, high = interval([b - a for a, b in zip(first, second, strict=True)], seed=seed)
        found.append(Difference(name, len(pairs), round(float(np.mean(first)), 4), round(float(np.mean(second)), 4), low, high))
    return found


def _means(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], seed: int, resamples: int) -> list[float]:
    chance = np.random.default_rng(seed)
    return [float(values[chance.integers(len(values), size=len(values))].mean()) for _ in range(resamples)]
