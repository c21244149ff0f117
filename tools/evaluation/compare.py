"""Decides whether one run is better than another: paired bootstrap over the questions that both asked, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.rows import Row
from retrieval.evaluation.runs import Run
from tools.evaluation.measures import CLEAN, RECALL, Measure, Pair, measures_of, parts_of

RESAMPLES = 10_000
SEED = 7
_AT_ONCE = 500  # resamples held in memory together
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """A metric of two runs over ``n`` common questions of ``part`` (empty: all). The difference is between ``low`` and ``high``
    with 95 %.
    """

    metric: str
    n: int
    before: float
    after: float
    low: float
    high: float
    part: str = ""

    @property
    def certain(self) -> bool:
        """Tells whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


def interval(values: Sequence[float], *, seed: int = SEED, resamples: int = RESAMPLES) -> tuple[float, float]:
    """Returns the bootstrap's 95 % interval of the mean of ``values``; (0, 0) without values."""
    if not len(values):
        return 0.0, 0.0
    columns = np.asarray(values, dtype=np.float64)[:, None]
    means = _resampled(columns, seed, resamples)[:, 0] / len(values)
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def compare_runs(before: Run, after: Run, *, seed: int = SEED) -> list[Difference]:
    """Returns every figure of the two runs, part by part; for runs of different kinds, recall. Raises ``ValueError`` without a
    common question.
    """
    kind = after.kind if before.kind == after.kind else ""
    named = [name for name in after.figures if name]
    return compare(before.rows, after.rows, kind=kind, named=named, seed=seed)


def compare(
    before: Sequence[Row], after: Sequence[Row], *, kind: str = "", named: Sequence[str] = (), seed: int = SEED
) -> list[Difference]:
    """Returns the figures of runs of this ``kind`` over the questions (by ``Row.key``) that both have; for any other kind,
    recall over questions with a known answer. ``named`` are the parts of the table. Raises ``ValueError`` without a common
    question.
    """
    measures = measures_of(kind)
    old = {row.key: row for row in before}
    pairs = [(old[row.key], row) for row in after if row.key in old and (row.gold or measures is not RECALL)]
    if not pairs:
        raise ValueError("the two runs have no question in common")
    parts = parts_of(kind, pairs, named)
    found = [one for part, members in parts.items() for one in _differences(part, members, measures, seed)]
    if kind == "noise":
        clean = {row_after.id: (row_before, row_after) for row_before, row_after in parts.get(CLEAN, [])}
        for part, members in parts.items():
            if part != CLEAN:
                found += _lost(part, [(clean[pair[1].id], pair) for pair in members if pair[1].id in clean], seed)
    return found


def _differences(part: str, pairs: Sequence[Pair], measures: Sequence[Measure], seed: int) -> list[Difference]:
    sides = [
        [np.array([[take(pair[side]) for take in (one.value, one.weight)] for pair in pairs]) for one in measures]
        for side in (0, 1)
    ]
    return _told(part, [one.name for one in measures], sides[0], sides[1], len(pairs), seed)


def _lost(part: str, pairs: Sequence[tuple[Pair, Pair]], seed: int) -> list[Difference]:
    """Returns the loss by a kind of noise: R@5 of the clean question minus that of the noisy one."""
    if not pairs:
        return []
    hit = next(one.value for one in RECALL if one.name == "recall@5")
    sides = [[np.array([[hit(clean[side]) - hit(noisy[side]), 1.0] for clean, noisy in pairs])] for side in (0, 1)]
    return _told(part, ["lost"], sides[0], sides[1], len(pairs), seed)


def _told(
    part: str, names: Sequence[str], before: Sequence[Values], after: Sequence[Values], n: int, seed: int
) -> list[Difference]:
    """Returns the differences. ``before`` and ``after`` hold, for each name, values and weights, (n, 2). One resampling of the
    questions serves all names.
    """
    drawn = _resampled(np.hstack([*before, *after]), seed, RESAMPLES)
    half = 2 * len(names)
    found = []
    for at, name in enumerate(names):
        first, second = (_ratio(side[at].sum(axis=0, keepdims=True))[0] for side in (before, after))
        sums = (drawn[:, 2 * at : 2 * at + 2], drawn[:, half + 2 * at : half + 2 * at + 2])
        low, high = np.quantile(_ratio(sums[1]) - _ratio(sums[0]), [0.025, 0.975])
        told = [round(float(value), 4) for value in (first, second, low, high)]
        found.append(Difference(name, n, told[0], told[1], told[2], told[3], part))
    return found


def _ratio(sums: Values) -> Values:
    """Returns column 0 over column 1; 0 if the weight is 0."""
    return np.divide(sums[:, 0], sums[:, 1], out=np.zeros(len(sums)), where=sums[:, 1] > 0)


def _resampled(values: Values, seed: int, resamples: int) -> Values:
    """Returns sums, (resamples, columns), over as many rows as there are, drawn with replacement."""
    chance = np.random.default_rng(seed)
    count = len(values)
    blocks = []
    for start in range(0, resamples, _AT_ONCE):
        times = chance.multinomial(count, np.full(count, 1 / count), size=min(_AT_ONCE, resamples - start))
        blocks.append(times.astype(np.float64) @ values)
    return np.vstack(blocks)
