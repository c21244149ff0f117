"""Forecast of the volume by day for the next weeks, with intervals, for staffing. Pure.

log(volume) = level of the week + effect of the weekday + effect of a public holiday. Levels and effects are robust, so that an
outage does not change them. The level is continued by exponential smoothing with a damped trend (Gardner and McKenzie,
Management Science, 1985) and, once more than a year is known, by a share of last year's change. Of several methods, the one
with the smallest errors on this series so far is used. Intervals are its errors, by week ahead. They are widened by conformal
prediction because there are few errors (Vovk et al., Algorithmic Learning in a Random World, 2005), and again by how often
earlier intervals were missed (Gibbs and Candès, Adaptive Conformal Inference, NeurIPS 2021), since in the first year no error
contains the season.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEEKS = 4  # weeks ahead
FURTHEST = 8  # the most weeks ahead
LEAST_WEEKS = 10  # known weeks, below which there is no forecast
COVERAGE = 0.9  # the share of days that the interval should contain
_LEARNING = 0.5  # how fast missed intervals are widened (chosen from .25, .5, .8 on seeds 30 to 35 of the bench's year)
_WIDTHS = (0.7, 4.0)  # of an interval, relative to that of the errors alone
_ORIGINS = 26  # past weeks from which errors are taken
_EFFECTS = 26  # weeks from which the weekdays' effects are taken
_SMOOTHING = (0.3, 0.5, 0.7, 0.9)
_TREND = (0.0, 0.3, 0.6)
_DAMPING = 0.8  # of the trend, each week
_LAST_YEAR = (0.0, 0.5, 1.0)  # share of last year's change that is expected again
_YEAR = 52  # weeks
_ORDINARY = 0.25  # distance (log) from the week's median within which a day counts for the level
_HOLIDAY = -0.7  # effect of a holiday (log) before the first is known

type Days = NDArray[np.float64]
type IsHoliday = Callable[[date], bool]


class Method(NamedTuple):
    """A way to continue the level: three shares, 0 to 1."""

    smoothing: float
    trend: float
    last_year: float


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected volume of ``day``: the middle, and an interval that contains ``COVERAGE`` of such days."""

    day: date
    low: float
    middle: float
    high: float
    holiday: bool


@dataclass(frozen=True, slots=True)
class Backtest:
    """The forecast's errors on weeks that it did not know.

    ``error``: mean absolute error a day as a share of the mean volume. ``last_week_error``: the same for last week's figures.
    ``coverage``: share of days within their interval.
    """

    weeks: int
    days: int
    error: float
    last_week_error: float
    coverage: float


def forecast(first: date, volumes: Sequence[int], is_holiday: IsHoliday, *, weeks: int = WEEKS) -> list[Expected]:
    """Returns the forecast for the days after ``volumes`` (one a day from ``first`` on); empty if too few are known."""
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
    """Returns the errors of forecasts from each of the last ``held_out`` weeks; ``None`` if the series is too short."""
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
    """Whole weeks up to the last day. ``logs``: (weeks × 7,); ``holidays``: of these and of the weeks ahead."""

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
        """Returns the forecast after ``known`` weeks: logs (FURTHEST × 7,), and half the widths of the intervals (FURTHEST,).

        Computes earlier weeks first: they show how much too narrow or too wide their intervals were.
        """
        for week in range(LEAST_WEEKS + len(self._outlooks), known + 1):
            for weeks_ahead in range(1, FURTHEST + 1):
                if week - weeks_ahead in self._outlooks:
                    self._learn(week - weeks_ahead, weeks_ahead)
            method = self.best(week)
            widths = np.maximum.accumulate(self.spread(week, FURTHEST, method) * self._scale)
            self._outlooks[week] = self.weeks_ahead(week, method), widths
        return self._outlooks[known]

    def _learn(self, origin: int, weeks_ahead: int) -> None:
        """Updates the width for ``weeks_ahead`` weeks from the interval made at ``origin``, now that its week is over."""
        middles, widths = self._outlooks[origin]
        truth = self.logs[(origin + weeks_ahead - 1) * 7 : (origin + weeks_ahead) * 7]
        missed = float(np.mean(np.abs(truth - middles[(weeks_ahead - 1) * 7 : weeks_ahead * 7]) > widths[weeks_ahead - 1]))
        scale = self._scale[weeks_ahead - 1] * np.exp(_LEARNING * (missed - (1 - COVERAGE)))
        self._scale[weeks_ahead - 1] = min(max(scale, _WIDTHS[0]), _WIDTHS[1])

    def weeks_ahead(self, known: int, method: Method) -> Days:
        """Returns the expected logs of the ``FURTHEST`` weeks after the first ``known``, (FURTHEST × 7,)."""
        if (known, method) not in self._forecasts:
            levels, weekdays, holiday = self._parts(known)
            steps = _level_ahead(levels, method)
            expected = (steps[:, None] + weekdays).reshape(-1)
            expected[self.holidays[known * 7 : (known + FURTHEST) * 7]] += holiday
            self._forecasts[known, method] = np.maximum(expected, 0.0)
        return self._forecasts[known, method]

    def best(self, known: int) -> Method:
        """Returns the method with the smallest errors up to ``WEEKS`` ahead, before week ``known``."""
        shares = _LAST_YEAR if known > _YEAR + LEAST_WEEKS else _LAST_YEAR[:1]
        methods = (Method(*values) for values in product(_SMOOTHING, _TREND, shares))
        return min(methods, key=lambda method: float(np.nanmean(np.abs(self._errors(known, WEEKS, method)))))

    def spread(self, known: int, weeks: int, method: Method) -> Days:
        """Returns half the width of the interval for each week ahead, (weeks,), in logs."""
        errors = np.abs(self._errors(known, weeks, method))
        widths = []
        for week in range(weeks):
            of_week = errors[:, week * 7 : week * 7 + 7].reshape(-1)
            of_week = of_week[~np.isnan(of_week)]
            rank = min(1.0, COVERAGE * (len(of_week) + 1) / max(1, len(of_week)))
            widths.append(float(np.quantile(of_week, rank)) if len(of_week) else np.log(2))
        return np.maximum.accumulate(np.asarray(widths))  # an interval further ahead is never narrower

    def _errors(self, known: int, weeks: int, method: Method) -> Days:
        """Returns the errors of forecasts from earlier weeks, (origins, weeks × 7); NaN where not known yet."""
        origins = range(max(LEAST_WEEKS - 4, known - _ORIGINS), known)
        errors = np.full((len(origins), weeks * 7), np.nan)
        for row, origin in enumerate(origins):
            known_days = min(weeks, known - origin) * 7
            truth = self.logs[origin * 7 : origin * 7 + known_days]
            errors[row, :known_days] = truth - self.weeks_ahead(origin, method)[:known_days]
        return errors

    def _parts(self, known: int) -> tuple[Days, Days, float]:
        """Returns the levels of the first ``known`` weeks (known,), the weekdays' effects (7,), and a holiday's effect."""
        if known in self._known:
            return self._known[known]
        logs, holidays = self.logs[: known * 7].reshape(-1, 7), self.holidays[: known * 7].reshape(-1, 7)
        working = np.where(holidays, np.nan, logs)
        weekdays = np.zeros(7)
        for _ in range(3):
            levels = np.nanmedian(working - weekdays, axis=1)
            weekdays = np.nanmedian((working - levels[:, None])[-_EFFECTS:], axis=0)
        # Without outliers a mean is more precise than a median.
        residuals = working - weekdays - levels[:, None]
        levels = levels + np.nanmean(np.where(np.abs(residuals) <= _ORDINARY, residuals, np.nan), axis=1)
        gaps = (logs - levels[:, None] - weekdays)[holidays]
        holiday = float(np.median(gaps)) if len(gaps) else _HOLIDAY
        self._known[known] = levels, weekdays, holiday
        return self._known[known]


def _level_ahead(levels: Days, method: Method) -> Days:
    """Returns the level (log) in the next ``FURTHEST`` weeks: Holt's damped trend, and a share of last year's change."""
    level, trend = float(levels[0]), 0.0
    for value in levels[1:].tolist():
        before = level
        level = level + _DAMPING * trend
        level += method.smoothing * (value - level)
        trend = _DAMPING * trend + method.trend * (level - before - _DAMPING * trend)
    steps = level + trend * np.cumsum(_DAMPING ** np.arange(1, FURTHEST + 1))
    known = len(levels)
    if method.last_year and known > _YEAR:
        then = np.convolve(levels, np.ones(3) / 3, "same")  # smoothed: a single week says little
        places = np.minimum(np.arange(known, known + FURTHEST) - _YEAR, known - 2)
        course = level + then[places] - then[max(1, known - 1 - _YEAR)]
        steps = (1 - method.last_year) * steps + method.last_year * course
    return steps
