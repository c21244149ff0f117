"""How traffic rises and falls: weekdays, the year, public holidays, weather of its own, a new topic, an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.opening import Opening

ZONE = ZoneInfo("Europe/Paris")
_WEEK = (1.28, 1.17, 1.10, 1.06, 0.96, 0.52, 0.38)  # Monday first
_HOLIDAY = 0.4
_DAY_NOISE = 0.07  # standard deviation of a day's own weather, as a share
_WEEK_DRIFT = 0.03  # and of what one week adds to the level of the next
_HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 34, 52, 58, 50, 38, 44, 52, 50, 46, 42, 36, 28, 22, 16, 9, 4)
_TOPIC_SHARE = 0.06  # of the answers, once the new topic is known


@dataclass(frozen=True)
class Year:
    """``days`` of traffic up to ``last``, about ``messages`` of them in all, the same for the same ``seed``."""

    messages: int
    last: date
    days: int = 365
    seed: int = 8

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)

    @property
    def outage(self) -> date:
        """The working day on which the engine fails from 9 to 15 o'clock."""
        day = self.first + timedelta(days=int(self.days * 0.7))
        return day + timedelta(days=(7 - day.weekday()) % 7 + 1)  # a Tuesday

    @property
    def new_topic(self) -> date:
        """The day from which on citizens ask about something that they never asked about before."""
        return self.first + timedelta(days=int(self.days * 0.6))

    def topic_share(self, day: date) -> float:
        """Returns which share of a day's answers is about the new topic: it takes a month to be known."""
        return _TOPIC_SHARE * min(1.0, max(0, (day - self.new_topic).days) / 30)

    @cached_property
    def volumes(self) -> NDArray[np.int64]:
        """Messages of each day, (days,)."""
        chance = np.random.default_rng(self.seed)
        holidays = Opening("PH 00:00-24:00", zone=ZONE.key)
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
        """Share of each hour (24,) in a day; at weekends people write later."""
        shares = np.asarray(_HOURS, dtype=np.float64)
        if day.weekday() >= 5:
            shares = np.roll(shares, 1) + 6
        return np.asarray(shares / shares.sum())


def _of_the_year(day: date) -> float:
    """Quiet in August and at the turn of the year, busy when school begins and when taxes are declared."""
    place = day.timetuple().tm_yday
    season = 1 + 0.12 * float(np.cos(2 * np.pi * (place - 30) / 365.25))
    for middle, width, height in ((250, 12, 0.30), (140, 14, 0.20), (220, 16, -0.25), (361, 6, -0.35)):
        season += height * float(np.exp(-(((place - middle) / width) ** 2)))
    return season
