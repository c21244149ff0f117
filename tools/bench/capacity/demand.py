"""The traffic over time: the busiest day, hour and second of the project's own year of traffic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from scipy.stats import poisson

from tools.bench.capacity.assumptions import Assumptions
from tools.bench.traffic.shape import Year

_LAST = date(2026, 12, 31)  # the shape of a year must not depend on today's date
_MANY = 365_000_000  # enough to avoid the noise of small numbers in the shape
_HOUR = 3600


@dataclass(frozen=True)
class Demand:
    """The traffic. ``a_day``: messages on an ordinary day; ``busiest_day``: of the year; ``hours``: (24,) messages by hour of
    that day.

    ``hour``: messages of its peak hour; ``per_second``: the average in that hour; ``in_burst``: the average in a burst;
    ``peak_second``: the fullest second in an hour of such a burst; ``pages``: pages open at a time in the peak hour.
    """

    a_day: float
    a_year: float
    busiest_day: float
    hours: tuple[float, ...]
    hour: float
    per_second: float
    in_burst: float
    peak_second: int
    pages: float
    sms_a_year: float


def demand(a_day: float, assumed: Assumptions) -> Demand:
    """Returns the traffic for ``a_day`` messages on average. Pages are those of web conversations only."""
    factor, shares = _busiest()
    busiest = a_day * factor
    hours = tuple(busiest * share for share in shares)
    hour = max(hours)
    begun_a_minute = hour / 60 / assumed.conversation * (1 - assumed.sms_share)
    return Demand(
        a_day=a_day,
        a_year=a_day * 365,
        busiest_day=busiest,
        hours=hours,
        hour=hour,
        per_second=hour / _HOUR,
        in_burst=hour / _HOUR * assumed.burst,
        peak_second=int(poisson.ppf(1 - 1 / _HOUR, hour / _HOUR * assumed.burst)),
        pages=begun_a_minute * assumed.page_minutes,
        sms_a_year=a_day * 365 * assumed.sms_share,
    )


@cache
def _busiest() -> tuple[float, tuple[float, ...]]:
    """Returns the busiest day (the one with the highest peak hour) as a multiple of the mean one, and its hours' shares."""
    year = Year(messages=_MANY, last=_LAST)
    days = [(year.first + timedelta(days=number), int(volume)) for number, volume in enumerate(year.volumes)]
    day, volume = max(days, key=lambda one: one[1] * float(year.hours(one[0]).max()))
    return volume * year.days / _MANY, tuple(year.hours(day).tolist())
