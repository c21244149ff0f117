"""The arrivals of messages on the busiest day: random (Poisson), more in some hours, most in a burst."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.bench.capacity.assumptions import Assumptions
from tools.bench.capacity.demand import Demand

_AROUND = 60  # seconds before and after the burst that are always simulated
_FEW, _DAYS = 5_000, 30  # messages needed for a percentile; a small town needs several such days


@dataclass(frozen=True)
class Window:
    """The simulated time. ``rates``: (seconds,) messages a second; ``burst``: its first and last second; ``days``: how often it
    is simulated.
    """

    rates: NDArray[np.float64]
    burst: tuple[int, int]
    days: int

    def draw(self, chance: np.random.Generator) -> list[float]:
        """Returns random times of messages, ascending."""
        counts = chance.poisson(self.rates)
        times = np.repeat(np.arange(len(counts)), counts) + chance.random(int(counts.sum()))
        return [float(time) for time in np.sort(times)]


def window(needs: Demand, assumed: Assumptions, most: int) -> Window:
    """Returns the busiest day, or the part around the burst with about ``most`` messages. The whole burst is included unless it
    has more than twice as many. It is in the middle of the peak hour.
    """
    rates = np.repeat(np.asarray(needs.hours) / 3600, 3600)
    length = max(1, round(assumed.burst_minutes * 60))
    start = int(np.argmax(rates)) + max(0, 1800 - length // 2)
    rates[start : start + length] *= assumed.burst
    before = np.concatenate([[0.0], np.cumsum(rates)])
    first, last = 0, len(rates)
    if before[-1] > most:
        middle, least = start + length // 2, length // 2 + _AROUND
        if before[middle + least] - before[middle - least] > 2 * most:
            middle, least = start, 2  # the burst is too large to be simulated as a whole: its beginning only
        widths = np.arange(least, len(rates))
        held = before[np.minimum(middle + widths, len(rates))] - before[np.maximum(middle - widths, 0)]
        width = int(widths[max(0, int(np.searchsorted(held, most)) - 1)])
        first, last = max(0, middle - width), min(len(rates), middle + width)
    expected = float(before[last] - before[first])
    return Window(
        rates=rates[first:last],
        burst=(start - first, min(start + length, last) - first),
        days=min(_DAYS, max(1, math.ceil(min(_FEW, most) / max(1.0, expected)))),
    )
