"""The false alarms and the delay of the drift alarm: simulated half-years with and without a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from knowledge_base.quality.drift.comparison import BEFORE, OUTCOMES, RECENT, Night, compare

_USUAL = np.array([0.45, 0.22, 0.08, 0.15, 0.095, 0.005])  # shares of OUTCOMES, as in the synthetic year of bench traffic
_TOGETHER = 120.0  # Dirichlet: the share of "answered" varies by 4.5 points (standard deviation) a day besides chance
_WEEK = np.array([1.25, 1.15, 1.1, 1.05, 1.0, 0.6, 0.45])
_DAYS = 182
_CHANGE_AT = 90
_FIRST = date(2026, 1, 5)


def simulate(*, runs: int, seed: int) -> dict[str, Any]:
    """Returns, for each volume (turns a day), the episodes of false alarm in a half-year without a change; and, with ``shift``
    of the turns moving from answered to no_answer on one day, the share of runs with an alarm within 7 and 14 days.
    """
    report: dict[str, Any] = {}
    for turns in (50, 300, 3000):
        rng = np.random.default_rng((seed, turns))
        quiet = [_episodes(list(_alarms(rng, turns, 0.0, _DAYS))) for _ in range(runs)]
        told: dict[str, Any] = {"false_alarms_in_a_half_year": round(float(np.mean(quiet)), 3)}
        for shift in (0.05, 0.1, 0.2):
            delays = [_delay(list(_alarms(rng, turns, shift, _CHANGE_AT + 15))) for _ in range(runs)]
            told[f"shift_{shift:.0%}"] = {
                f"within_{days}_days": round(sum(delay <= days for delay in delays) / runs, 3) for days in (7, 14)
            }
        report[f"turns_{turns}"] = told
    return report


def _alarms(rng: np.random.Generator, turns: int, shift: float, days: int) -> Iterator[bool]:
    nights: list[Night] = []
    for number in range(days):
        shares = rng.dirichlet(_USUAL * _TOGETHER)
        if number >= _CHANGE_AT and shift:
            moved = min(shift, float(shares[0]))
            shares = shares + np.array([-moved, 0, 0, moved, 0, 0])
        volume = max(1, int(turns * _WEEK[number % 7] * rng.lognormal(0, 0.25)))
        counts = rng.multinomial(volume, shares)
        searched = int(counts[:4].sum())
        # Answered turns have a mean confidence of .85, those without an answer of .15.
        confidence = float(counts[0] * 0.85 + (counts[1] + counts[2]) * 0.45 + counts[3] * 0.15)
        day = _FIRST + timedelta(days=number)
        nights.append(Night(day, {}, dict(zip(OUTCOMES, map(int, counts), strict=True)), searched, confidence))
        yield compare(nights[-(RECENT + BEFORE).days :]).alarm


def _episodes(alarms: list[bool]) -> int:
    """Returns the number of tasks, if each is closed after a week."""
    count, quiet_until = 0, 0
    for number, alarm in enumerate(alarms):
        if alarm and number >= quiet_until:
            count, quiet_until = count + 1, number + 7
    return count


def _delay(alarms: list[bool]) -> int:
    """Returns the days from the change to the first alarm after it."""
    after = alarms[_CHANGE_AT:]
    return after.index(True) + 1 if True in after else len(alarms)
