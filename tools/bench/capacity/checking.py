"""Compares a plan with its simulation, and the simulation with the run that its figures come from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tools.bench.capacity.arrivals import Window
from tools.bench.capacity.figures import KINDS, Figures
from tools.bench.capacity.plan import Plan
from tools.bench.capacity.simulation import saturated, through
from tools.bench.capacity.work import Layout, Work, mean_turn_ms, saturation, spread, work
from tools.bench.statistics import percentiles

_CITIZENS = 16  # of the benchmark
_TURNS = 2_000  # of a saturated system; its rate is then within one per cent
_WITHIN = 0.15  # a greater difference between the two methods counts as a disagreement


def as_measured(figures: Figures, seed: int) -> dict[str, Any]:
    """Returns the simulation of the benchmark itself: one of each process on its cores, next to the measured figures."""
    alone = spread(1, figures.cores, dict.fromkeys(KINDS, 1))
    loaded = work(figures, generator=True)
    rate, _ = saturated(loaded, alone, _CITIZENS, _TURNS, seed)
    _, quiet = saturated(work(figures), alone, 1, _TURNS, seed)
    found = percentiles([seconds * 1000 for seconds in quiet.took], "turn")
    return {
        "turns_per_second.measured": figures.turns_per_second,
        "turns_per_second.analytic": round(saturation(loaded, alone), 1),
        "turns_per_second.simulated": round(rate, 1),
        "simulated_to_measured": round(rate / figures.turns_per_second, 2),
        "turn.p50_ms.measured": figures.p50_ms,
        "turn.p50_ms.simulated": found["turn.p50_ms"],
        "turn.p95_ms.measured": figures.p95_ms,
        "turn.p95_ms.simulated": found["turn.p95_ms"],
    }


def simulated(of: Work, layout: Layout, when: Window, seed: int) -> dict[str, Any]:
    """Returns the times of turns, in all and in the burst; the longest queue age; the utilisation of cores in the window."""
    days = [through(of, layout, when.draw(np.random.default_rng([seed, number])), seed + number) for number in range(when.days)]
    took = [seconds * 1000 for day in days for seconds in day.took]
    first, last = when.burst
    in_burst = [
        seconds * 1000 for day in days for came, seconds in zip(day.came, day.took, strict=True) if first <= came < last
    ]
    length = sum(max(day.end, float(len(when.rates))) for day in days)
    return {
        "turns": len(took),
        "days": when.days,
        "seconds": len(when.rates),
        **_times(took, "turn"),
        **_times(in_burst, "burst"),
        "burst.mean_ms": round(float(np.mean(in_burst)), 1) if in_burst else None,
        "longest_queue_age_s": round(max((age for day in days for age in day.queued), default=0.0), 2),
        "cores_busy": round(sum(day.busy for day in days) / length / sum(layout.cores), 3),
    }


def compared(of: Work, made: Plan, runs: dict[str, dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Returns the closed forms next to the simulation, each with whether they agree within 15 %."""
    found = []
    for name, layout in made.states.items():
        rate = _saturated(of, layout, seed)
        found.append(_beside(name, "turns_per_second", saturation(of, layout), rate))
        mean = mean_turn_ms(of, layout, made.demand.in_burst)
        if runs[name]["burst.mean_ms"] is not None:
            found.append(_beside(name, "burst.mean_ms", mean, runs[name]["burst.mean_ms"]))
    return found


def _saturated(of: Work, layout: Layout, seed: int) -> float:
    """Returns the turns a second with all slots of the workers taken, and as many turns again in the queue."""
    citizens = 2 * layout.concurrency * layout.count("worker")
    return saturated(of, layout, citizens, max(_TURNS, 10 * citizens), seed)[0]


def _beside(state: str, what: str, analytic: float, of_simulation: float) -> dict[str, Any]:
    finite = math.isfinite(analytic)
    ratio = of_simulation / analytic if finite else None
    return {
        "state": state,
        "what": what,
        "analytic": round(analytic, 1) if finite else None,
        "simulated": round(of_simulation, 1),
        "ratio": round(ratio, 2) if ratio is not None else None,
        "agree": ratio is not None and abs(math.log(ratio)) <= math.log(1 + _WITHIN),
    }


def _times(milliseconds: Sequence[float], name: str) -> dict[str, float]:
    return percentiles(milliseconds, name) if milliseconds else {}
