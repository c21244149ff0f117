"""The shape of traffic over time: weekdays, the year, public holidays, random variation, a new topic, an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.opening_hours import OpeningHours

ZONE = ZoneInfo("Europe/Paris")
_WEEK = (1.28, 1.17, 1.10, 1.06, 0.96, 0.52, 0.38)  # Monday first
_HOLIDAY = 0.4
_DAY_NOISE = 0.07  # standard deviation of a day's random variation, as a share
_WEEK_DRIFT = 0.03  # standard deviation of the change of level from week to week
_HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 34, 52, 58, 50, 38, 44, 52, 50, 46, 42, 36, 28, 22, 16, 9, 4)
_TOPIC_SHARE = 0.06  # share of the answers, once the new topic is known


@dataclass(frozen=True)
class Year:
    """``days`` of traffic up to ``last``, about ``messages`` messages in all; equal for an equal ``seed``."""

    messages: int
    last: date
    days: int = 365
    seed: int = 8

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)

    @property
    def outage(self) -> date:
        """Returns the working day on which the engine fails from 9 to 15 o'clock."""
        day = self.first + timedelta(days=int(self.days * 0.7))
        return day + timedelta(days=(7 - day.weekday()) % 7 + 1)  # a Tuesday

    @property
    def new_topic(self) -> date:
        """Returns the first day on which citizens ask about a new topic."""
        return self.first + timedelta(days=int(self.days * 0.6))

    def topic_share(self, day: date) -> float:
        """Returns the share of a day's answers on the new topic, which takes a month to become known."""
        return _TOPIC_SHARE * min(1.0, max(0, (day - self.new_topic).days) / 30)

    @cached_property
    def volumes(self) -> NDArray[np.int64]:
        """Returns the messages of each day, (days,)."""
        chance = np.random.default_rng(self.seed)
        holidays = OpeningHours("PH 00:00-24:00", zone=ZONE.key)
        level, expected = 1.0, np.empty(self.days)
        for number in range(self.days):
            day = self.first + timedelta(days=number)
            if number % 7 == 0:
                level *= float(np.exp(chance.normal(0, _WEEK_DRIFT)))
            expected[number] = level * _WEEK[day.weekday()] * _of_the_year(day)
            if holidays.is_open(datetime.combine(day, time(12), ZONE)):
                expected[number] *= _HOLIDAY
        expected *= np.exp(chance.normal(0, _DAY_NOISE, self.days))
        return chance.poisson(expected * self.messages / expected.sum())

    def hours(self, day: date) -> NDArray[np.float64]:
        """Returns the share of each hour in a day, (24,); at weekends people write later."""
        shares = np.asarray(_HOURS, dtype=np.float64)
        if day.weekday() >= 5:
            shares = np.roll(shares, 1) + 6
        return np.asarray(shares / shares.sum())


def _of_the_year(day: date) -> float:
    """Returns the factor of the season: low in August and at the turn of the year, high at the start of school and at the tax
    declaration.
    """
    place = day.timetuple().tm_yday
    season = 1 + 0.12 * float(np.cos(2 * np.pi * (place - 30) / 365.25))
    for middle, width, height in ((250, 12, 0.30), (140, 14, 0.20), (220, 16, -0.25), (361, 6, -0.35)):
        season += height * float(np.exp(-(((place - middle) / width) ** 2)))
    return season
