"""The forecast: it knows weekdays and holidays, shrugs off an outage, never sees the future, and beats last week's figure."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.insights.forecast import LEAST_WEEKS, WEEKS, backtest, forecast
from tools.bench.traffic.shape import Year

MONDAY = date(2026, 1, 5)
WEEK = (1300, 1200, 1100, 1050, 950, 500, 380)


def never(_day: date) -> bool:
    return False


def test_too_little_is_no_ground() -> None:
    assert forecast(MONDAY, WEEK * (LEAST_WEEKS - 1), never) == []
    assert backtest(MONDAY, WEEK * LEAST_WEEKS, never) is None


def test_a_steady_service_goes_on_as_it_is() -> None:
    found = forecast(MONDAY, WEEK * 20, never)
    assert [round(day.middle) for day in found] == list(WEEK * WEEKS)
    assert found[0].day == MONDAY + timedelta(weeks=20)


def test_an_outage_does_not_move_the_forecast() -> None:
    volumes = list(WEEK * 20)
    volumes[-6] = 20
    assert forecast(MONDAY, volumes, never)[1].middle == pytest.approx(WEEK[1], rel=0.03)


def test_a_public_holiday_is_expected_to_be_quiet() -> None:
    holidays = {MONDAY + timedelta(days=number) for number in (30, 65, 100, 142)}
    volumes = [value // 3 if MONDAY + timedelta(days=number) in holidays else value for number, value in enumerate(WEEK * 20)]
    found = forecast(MONDAY, volumes, holidays.__contains__)
    assert found[2].holiday
    assert found[2].middle == pytest.approx(WEEK[2] / 3, rel=0.05)


def test_intervals_are_in_order_and_never_narrower_further_away() -> None:
    chance = np.random.default_rng(1)
    volumes = chance.poisson(np.asarray(WEEK * 30) * np.exp(chance.normal(0, 0.1, 210))).tolist()
    found = forecast(MONDAY, volumes, never)
    assert all(day.low <= day.middle <= day.high for day in found)
    widths = [np.log1p(day.high) - np.log1p(day.low) for day in found[::7]]
    assert widths == sorted(widths)
    assert widths[0] > 0


def test_a_backtest_knows_nothing_of_the_weeks_to_come() -> None:
    """Where the last weeks differ wildly, what was forecast for the weeks before does not change."""
    chance = np.random.default_rng(2)
    volumes = chance.poisson(np.asarray(WEEK * 30)).tolist()
    changed = [*volumes[:-7], *(9 * value for value in volumes[-7:])]
    one, other = backtest(MONDAY, volumes[:-7], never, held_out=10), backtest(MONDAY, changed[:-7], never, held_out=10)
    assert one == other
    assert forecast(MONDAY, volumes[:-7], never) == forecast(MONDAY, changed[:-7], never)


def test_intervals_widen_after_they_were_missed_and_come_back() -> None:
    chance = np.random.default_rng(3)
    calm = chance.poisson(np.asarray(WEEK * 40)).tolist()
    stormy = [
        *calm[:-28],
        *(round(value * rise) for value, rise in zip(calm[-28:], np.repeat((1.5, 2.2, 1.4, 2.4), 7), strict=True)),
    ]

    def width(volumes: list[int]) -> float:
        day = forecast(MONDAY, volumes, never)[0]
        return float(np.log1p(day.high) - np.log1p(day.low))

    assert width(stormy) > 2 * width(calm)
    assert width(stormy + calm) < width(stormy)


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_it_beats_last_weeks_figure_on_held_out_weeks(seed: int) -> None:
    """Seeds that nothing was chosen on."""
    year = Year(messages=1_000_000, last=date(2026, 11, 24), seed=seed)
    found = backtest(year.first, year.volumes.tolist(), never, held_out=26)
    assert found is not None
    assert found.error < found.last_week_error
    assert 0.8 < found.coverage < 0.97  # of intervals that are to hold .9, in a first year
