"""The next weeks' volume by day, with intervals, for staffing. Pure.

log(volume) = level of the week + effect of the weekday + effect of a public holiday. Levels and effects are robust, so that an
outage moves nothing; the level goes on by exponential smoothing with a damped trend (Gardner and McKenzie, Management Science,
1985) and, once more than a year is known, by a share of the course it took a year ago. The method is the one that forecast this
very series best so far; intervals are the errors it made, by week ahead, widened as conformal prediction does for few of them
(Vovk et al., Algorithmic Learning in a Random World, 2005), and again by how often those of the weeks before were missed
(Gibbs and Candès, Adaptive Conformal Inference, NeurIPS 2021): in the first year the season is in none of the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEEKS = 4  # ahead
FURTHEST = 8  # weeks that can be asked for
LEAST_WEEKS = 10  # known, before anything is said
COVERAGE = 0.9  # share of days that the interval is to hold
_LEARNING = 0.5  # how fast intervals widen where they were missed (chosen of .25, .5, .8 on seeds 30 to 35 of the bench's year)
_WIDTHS = (0.7, 4.0)  # of an interval, in that of the errors alone
_ORIGINS = 26  # weeks looked back on for errors
_EFFECTS = 26  # weeks that weekdays' effects are taken from
_SMOOTHING = (0.3, 0.5, 0.7, 0.9)
_TREND = (0.0, 0.3, 0.6)
_DAMPING = 0.8  # of the trend, each week
_LAST_YEAR = (0.0, 0.5, 1.0)  # share of last year's change that is expected again
_YEAR = 52  # weeks
_ORDINARY = 0.25  # logs off the week's median, within which a day counts for its level
_HOLIDAY = -0.7  # effect of a holiday (log) before the first is known

type Days = NDArray[np.float64]
type IsHoliday = Callable[[date], bool]


class Method(NamedTuple):
    """How the level goes on: shares, 0 to 1."""

    smoothing: float
    trend: float
    last_year: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of ``day``: the middle, and an interval that holds ``COVERAGE`` of such days."""

    day: date
    low: float
    middle: float
    high: float
    holiday: bool


@dataclass(frozen=True, slots=True)
class Backtest:
    """How it would have done on weeks that it did not know: mean absolute error a day as a share of the mean volume, beside
    that of last week's figure for the same weekday; ``coverage``: share of days within their interval."""

    weeks: int
    days: int
    error: float
    last_week_error: float
    coverage: float


def forecast(first: date, volumes: Sequence[int], is_holiday: IsHoliday, *, weeks: int = WEEKS) -> list[Expected]:
    """The days after the last of ``volumes`` (one a day from ``first`` on); empty with fewer than ``LEAST_WEEKS`` known."""
    series = _Series.of(first, volumes, is_holiday)
    if series is None:
        return []
    middles, spread = series.outlook(series.weeks)
    start = first + timedelta(days=len(volumes))
    return [
        Expected(
            day=start + timedelta(days=number),
            low=float(np.expm1(middle - spread[number // 7])),
            middle=float(np.expm1(middle)),
            high=float(np.expm1(middle + spread[number // 7])),
            holiday=is_holiday(start + timedelta(days=number)),
        )
        for number, middle in enumerate(middles[: weeks * 7])
    ]


def backtest(
    first: date, volumes: Sequence[int], is_holiday: IsHoliday, *, held_out: int = 16, weeks: int = 1
) -> Backtest | None:
    """Forecast ``weeks`` ahead from each of the last ``held_out`` weeks, knowing only what came before; ``None``: too short."""
    series = _Series.of(first, volumes, is_holiday)
    if series is None or series.weeks - held_out < LEAST_WEEKS:
        return None
    errors, naive, inside, truths = [], [], [], []
    for known in range(series.weeks - held_out, series.weeks - weeks + 1):
        middle, widths = series.outlook(known)
        middle, spread = middle[: weeks * 7], np.repeat(widths[:weeks], 7)
        truth = series.logs[known * 7 : (known + weeks) * 7]
        last = np.tile(series.logs[(known - 1) * 7 : known * 7], weeks)
        errors.append(np.abs(np.expm1(middle) - np.expm1(truth)))
        naive.append(np.abs(np.expm1(last) - np.expm1(truth)))
        inside.append(np.abs(truth - middle) <= spread)
        truths.append(np.expm1(truth))
    mean = float(np.mean(truths))
    return Backtest(
        weeks=held_out,
        days=int(np.size(truths)),
        error=float(np.mean(errors)) / mean,
        last_week_error=float(np.mean(naive)) / mean,
        coverage=float(np.mean(inside)),
    )


@dataclass(frozen=True)
class _Series:
    """Whole weeks up to the last day; ``logs`` (weeks × 7,), ``holidays`` of them and of the weeks ahead."""

    logs: Days
    holidays: NDArray[np.bool_]
    _known: dict[int, tuple[Days, Days, float]] = field(default_factory=dict)
    _forecasts: dict[tuple[int, Method], Days] = field(default_factory=dict)
    _outlooks: dict[int, tuple[Days, Days]] = field(default_factory=dict)
    _scale: Days = field(default_factory=lambda: np.ones(FURTHEST))

    @property
    def weeks(self) -> int:
        return len(self.logs) // 7

    @classmethod
    def of(cls, first: date, volumes: Sequence[int], is_holiday: IsHoliday) -> _Series | None:
        weeks = len(volumes) // 7
        if weeks < LEAST_WEEKS:
            return None
        skipped = len(volumes) - weeks * 7
        days = (first + timedelta(days=skipped + number) for number in range((weeks + FURTHEST) * 7))
        logs = np.log1p(np.asarray(volumes[skipped:], dtype=np.float64))
        return cls(logs, np.asarray([is_holiday(day) for day in days], dtype=np.bool_))

    def outlook(self, known: int) -> tuple[Days, Days]:
        """After ``known`` weeks: logs expected, (FURTHEST × 7,), and half the widths of their intervals, (FURTHEST,).

        Earlier weeks come first: each tells by how much their intervals were too narrow or too wide.
        """
        for week in range(LEAST_WEEKS + len(self._outlooks), known + 1):
            for ahead in range(1, FURTHEST + 1):
                if week - ahead in self._outlooks:
                    self._learn(week - ahead, ahead)
            method = self.best(week)
            widths = np.maximum.accumulate(self.spread(week, FURTHEST, method) * self._scale)
            self._outlooks[week] = self.ahead(week, method), widths
        return self._outlooks[known]

    def _learn(self, origin: int, ahead: int) -> None:
        """Take in how the interval made at ``origin`` for the week ``ahead`` did, now that this week is over."""
        middles, widths = self._outlooks[origin]
        truth = self.logs[(origin + ahead - 1) * 7 : (origin + ahead) * 7]
        missed = float(np.mean(np.abs(truth - middles[(ahead - 1) * 7 : ahead * 7]) > widths[ahead - 1]))
        scale = self._scale[ahead - 1] * np.exp(_LEARNING * (missed - (1 - COVERAGE)))
        self._scale[ahead - 1] = min(max(scale, _WIDTHS[0]), _WIDTHS[1])

    def ahead(self, known: int, method: Method) -> Days:
        """Logs expected of the ``FURTHEST`` weeks after the first ``known``, (FURTHEST × 7,)."""
        if (known, method) not in self._forecasts:
            levels, weekdays, holiday = self._parts(known)
            steps = _level_ahead(levels, method)
            expected = (steps[:, None] + weekdays).reshape(-1)
            expected[self.holidays[known * 7 : (known + FURTHEST) * 7]] += holiday
            self._forecasts[known, method] = np.maximum(expected, 0.0)
        return self._forecasts[known, method]

    def best(self, known: int) -> Method:
        """Returns the method that did best so far, one to ``WEEKS`` ahead, before week ``known``."""
        shares = _LAST_YEAR if known > _YEAR + LEAST_WEEKS else _LAST_YEAR[:1]
        methods = (Method(*values) for values in product(_SMOOTHING, _TREND, shares))
        return min(methods, key=lambda method: float(np.nanmean(np.abs(self._errors(known, WEEKS, method)))))

    def spread(self, known: int, weeks: int, method: Method) -> Days:
        """Half the width of the interval for each week ahead, (weeks,), in logs."""
        errors = np.abs(self._errors(known, weeks, method))
        widths = []
        for week in range(weeks):
            of_week = errors[:, week * 7 : week * 7 + 7].reshape(-1)
            of_week = of_week[~np.isnan(of_week)]
            rank = min(1.0, COVERAGE * (len(of_week) + 1) / max(1, len(of_week)))
            widths.append(float(np.quantile(of_week, rank)) if len(of_week) else np.log(2))
        return np.maximum.accumulate(np.asarray(widths))  # what is further away is never surer

    def _errors(self, known: int, weeks: int, method: Method) -> Days:
        """Errors of the forecasts made from earlier weeks, (origins, weeks × 7); those not known yet are left out."""
        origins = range(max(LEAST_WEEKS - 4, known - _ORIGINS), known)
        errors = np.full((len(origins), weeks * 7), np.nan)
        for row, origin in enumerate(origins):
            there = min(weeks, known - origin) * 7
            errors[row, :there] = self.logs[origin * 7 : origin * 7 + there] - self.ahead(origin, method)[:there]
        return errors

    def _parts(self, known: int) -> tuple[Days, Days, float]:
        """Levels of the first ``known`` weeks (known,), effects of weekdays (7,), effect of a holiday."""
        if known in self._known:
            return self._known[known]
        logs, holidays = self.logs[: known * 7].reshape(-1, 7), self.holidays[: known * 7].reshape(-1, 7)
        working = np.where(holidays, np.nan, logs)
        weekdays = np.zeros(7)
        for _ in range(3):
            levels = np.nanmedian(working - weekdays, axis=1)
            weekdays = np.nanmedian((working - levels[:, None])[-_EFFECTS:], axis=0)
        # A mean is surer than a median where nothing is out of the ordinary.
        off = working - weekdays - levels[:, None]
        levels = levels + np.nanmean(np.where(np.abs(off) <= _ORDINARY, off, np.nan), axis=1)
        gaps = (logs - levels[:, None] - weekdays)[holidays]
        holiday = float(np.median(gaps)) if len(gaps) else _HOLIDAY
        self._known[known] = levels, weekdays, holiday
        return self._known[known]


def _level_ahead(levels: Days, method: Method) -> Days:
    """Logs of the level in each of the ``FURTHEST`` weeks to come: Holt's damped trend, and a share of last year's course."""
    level, trend = float(levels[0]), 0.0
    for value in levels[1:].tolist():
        before = level
        level = level + _DAMPING * trend
        level += method.smoothing * (value - level)
        trend = _DAMPING * trend + method.trend * (level - before - _DAMPING * trend)
    steps = level + trend * np.cumsum(_DAMPING ** np.arange(1, FURTHEST + 1))
    known = len(levels)
    if method.last_year and known > _YEAR:
        then = np.convolve(levels, np.ones(3) / 3, "same")  # a single week says little
        places = np.minimum(np.arange(known, known + FURTHEST) - _YEAR, known - 2)
        course = level + then[places] - then[max(1, known - 1 - _YEAR)]
        steps = (1 - method.last_year) * steps + method.last_year * course
    return steps
