"""Opening hours with public holidays, in the administration's time zone. Pure.

The hours have the format of OpenStreetMap's ``opening_hours``, which a library parses:
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from opening_hours import OpeningHours as ParsedHours
from opening_hours import State

_SETTLED_DAYS = 400  # hours that open at all open within this time; the library need not search further


class OpeningHours:
    """``hours`` such as ``Mo-Fr 09:00-12:00,14:00-17:00; PH off`` in ``zone`` (IANA), with the public holidays of ``country``.

    Empty ``hours`` never open. Raises ``ValueError`` for unreadable hours, zone or country.
    """

    def __init__(self, hours: str, *, zone: str = "Europe/Paris", country: str = "FR") -> None:
        try:
            self.zone = ZoneInfo(zone)
            self._text = hours
            self._hours = (
                ParsedHours(hours, timezone=self.zone, country=country, max_interval_days=_SETTLED_DAYS)
                if hours.strip()
                else None
            )
        except Exception as error:  # the library's own exceptions, for each of the three
            raise ValueError(f"opening hours cannot be read: {str(error).splitlines()[-1].strip(' =')}") from error

    def is_open(self, moment: datetime) -> bool:
        """Decides whether the team answers at ``moment`` (aware)."""
        return self._hours is not None and self._hours.is_open(moment.astimezone(self.zone))

    def next_opening(self, moment: datetime) -> datetime | None:
        """Returns when the team answers next, in ``zone``: ``moment`` itself if it does now; ``None`` if never."""
        if self._hours is None:
            return None
        local = moment.astimezone(self.zone)
        while not self._hours.is_open(local):
            change = self._hours.next_change(local)
            if change is None:
                return None
            local = change
        return local

    def closing(self, moment: datetime) -> datetime | None:
        """Returns when the team stops answering, if it answers at ``moment``; ``None`` if never, or if it does not."""
        if self._hours is None or not self.is_open(moment):
            return None
        change = self._hours.next_change(moment.astimezone(self.zone))
        while change is not None and self._hours.is_open(change):  # "09:00-12:00,12:00-14:00"
            change = self._hours.next_change(change)
        return change

    def is_holiday_closing(self, moment: datetime) -> bool:
        """Decides whether the day of ``moment`` would have hours if it were no public holiday, and has none."""
        if self._hours is None:
            return False
        start = datetime.combine(moment.astimezone(self.zone).date(), time(), self.zone)
        end = datetime.combine(start.date() + timedelta(days=1), time(), self.zone)
        usual = ParsedHours(self._text, timezone=self.zone)

        def opens(hours: ParsedHours) -> bool:
            return any(state == State.OPEN for _, _, state, _ in hours.intervals(start, end))

        return opens(usual) and not opens(self._hours)

    def usual_week(self, monday: date) -> list[tuple[int, int, list[tuple[str, str]]]]:
        """Returns the week of ``monday`` without holidays, as ``runs_of_days``. No hours means closed."""
        usual = ParsedHours(self._text, timezone=self.zone) if self._hours is not None else None
        week = []
        for weekday in range(7):
            start = datetime.combine(monday + timedelta(days=weekday), time(), self.zone)
            end = datetime.combine(monday + timedelta(days=weekday + 1), time(), self.zone)
            intervals = usual.intervals(start, end) if usual else ()
            week.append(
                [(f"{a:%H:%M}", f"{b:%H:%M}" if b < end else "24:00") for a, b, state, _ in intervals if state == State.OPEN]
            )
        return runs_of_days(week)


def runs_of_days(week: Sequence[list[tuple[str, str]]]) -> list[tuple[int, int, list[tuple[str, str]]]]:
    """Returns runs of weekdays (0: Monday) with equal hours: the first and last day of each, and its hours.

    ``week`` has the hours of each weekday.
    """
    runs: list[tuple[int, int, list[tuple[str, str]]]] = []
    for weekday, hours in enumerate(week):
        if runs and runs[-1][2] == hours:
            runs[-1] = runs[-1][0], weekday, hours
        else:
            runs.append((weekday, weekday, hours))
    return runs


def day_and_time(moment: datetime, language: str) -> tuple[str, str]:
    """Returns ``moment`` in words, as two parts: ("lundi 30 novembre", "9:00")."""
    day = format_date(moment, "EEEE d MMMM", locale=language)
    clock = format_time(moment.timetz(), "H:mm", locale=language)
    return (day.replace(" 1 ", " 1er ") if language == "fr" else day), clock
