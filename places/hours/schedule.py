"""Opening hours with public holidays, lunch breaks and nights, in the office's own time zone. Pure.

Hours are written as OpenStreetMap's ``opening_hours`` has them: ``Mo-Fr 09:00-12:00,14:00-17:00; PH off; 2026 Dec 24 off``.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from opening_hours import OpeningHours, State

from core.opening_hours import runs_of_days

_SETTLED_DAYS = 400  # days: hours that open at all open within this time
_LUNCH = (time(11), time(15, 30))  # a break within these times is a lunch break
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
_ALSACE = "easter -2 days,Dec 26"
# Public holidays in addition to the eleven national ones: Labour Code, L3134-13 (Alsace, Moselle) and L3422-2 (overseas).
_LOCAL_HOLIDAYS = {
    "57": _ALSACE,
    "67": _ALSACE,
    "68": _ALSACE,
    "971": "May 27",
    "972": "May 22",
    "973": "Jun 10",
    "974": "Dec 20",
    "976": "Apr 27",
}


def clock(moment: datetime, *, closes: bool = False) -> str:
    """Returns the time of day ("9:00"). With ``closes``, midnight is 24:00."""
    return "24:00" if closes and moment.time() == time(0) else f"{moment:%-H:%M}"


type Span = tuple[datetime, datetime]
Now = Literal["open", "lunch", "later", "over", "closed", "holiday", "never"]


class Status(NamedTuple):
    """The state of an office at a moment. ``until``: when it closes, if open. ``next``: when it opens next, if closed.

    ``now``: ``open``; ``lunch`` (closed for a break); ``later`` (opens today); ``over`` (was open today); ``closed`` (all
    day); ``holiday`` (all day, a public holiday); ``never`` (no opening within a year).
    """

    now: Now
    until: datetime | None = None
    next: datetime | None = None


class HoursUnreadable(ValueError):
    """The hours are not in OpenStreetMap's format."""


class Schedule:
    """The ``hours`` of an office of a ``departement``. Raises ``HoursUnreadable``."""

    def __init__(self, hours: str, departement: str = "") -> None:
        self.zone = ZoneInfo(_ZONES.get(departement, "Europe/Paris"))
        self._local = _LOCAL_HOLIDAYS.get(departement, "")
        closed = f"; {self._local} off" if self._local and "PH off" in hours else ""
        self._hours, self._usual = self._read(hours + closed), hours
        self._holidays = self._read(f"PH; {self._local}" if self._local else "PH")

    def _read(self, hours: str, *, country: str | None = "FR") -> OpeningHours:
        try:
            return OpeningHours(hours, timezone=self.zone, country=country, max_interval_days=_SETTLED_DAYS)
        except Exception as error:  # the library's own exceptions
            raise HoursUnreadable(str(error).splitlines()[-1].strip(" =")) from error

    def status(self, moment: datetime) -> Status:
        """Returns whether the office is open at ``moment`` (aware)."""
        local = moment.astimezone(self.zone)
        if self._hours.is_open(local):
            return Status("open", until=self._change(local, to_open=False))
        opens = self._change(local, to_open=True)
        if opens is None:
            return Status("never")
        today = self.on(local.date())
        if not today:
            return Status("holiday" if self.is_holiday(local.date()) else "closed", next=opens)
        before = [end for _, end in today if end <= local]
        if opens.date() != local.date():
            return Status("over", next=opens)
        lunch = bool(before) and _LUNCH[0] <= before[-1].timetz().replace(tzinfo=None) <= opens.time() <= _LUNCH[1]
        return Status("lunch" if lunch else "later", next=opens)

    def _change(self, local: datetime, *, to_open: bool) -> datetime | None:
        """Returns when the office opens, or closes, after ``local``. Hours that follow each other without a break count as
        one.
        """
        change = self._hours.next_change(local)
        while change is not None and self._hours.is_open(change) is not to_open:
            change = self._hours.next_change(change)
        return change

    def on(self, day: date) -> list[Span]:
        """Returns the spans of time that begin on ``day``. A span that continues after midnight ends on the next day. A span
        without any break that begins before ``day`` and ends after it covers the whole day.
        """
        return self._spans(self._hours, day)

    def _spans(self, hours: OpeningHours, day: date) -> list[Span]:
        start = datetime.combine(day, time(), self.zone)
        end = datetime.combine(day + timedelta(days=1), time(), self.zone)
        spans = hours.intervals(start - timedelta(hours=12), end + timedelta(hours=12))
        open_spans = [(opens, closes) for opens, closes, state, _ in spans if state == State.OPEN]
        if any(opens < start and end < closes for opens, closes in open_spans):
            return [(start, end)]
        return [(opens, closes) for opens, closes in open_spans if start <= opens < end]

    def is_holiday(self, day: date) -> bool:
        """Decides whether ``day`` is a public holiday where the office is."""
        return bool(self._holidays.is_open(datetime.combine(day, time(12), self.zone)))

    def week(self, monday: date) -> list[tuple[int, int, list[tuple[str, str]]]]:
        """Returns the usual week without holidays: runs of equal weekdays (0: Monday) with their opening hours, as ("9:00",
        "12:00"). No hours means closed.
        """
        usual = self._read(self._usual, country=None)
        days = [self._spans(usual, monday + timedelta(days=weekday)) for weekday in range(7)]
        return runs_of_days([[(clock(opens), clock(closes, closes=True)) for opens, closes in spans] for spans in days])


def week_in_words(hours: str, departement: str, language: str) -> list[tuple[str, str]]:
    """Returns days ("lundi – vendredi") and times of the usual week, without closed days. Raises ``HoursUnreadable``."""
    names, today = get_day_names("wide", locale=language), date.today()
    return [
        (
            names[first] if first == last else f"{names[first]} – {names[last]}",
            ", ".join(f"{opens}–{closes}" for opens, closes in times),
        )
        for first, last, times in Schedule(hours, departement).week(today - timedelta(days=today.weekday()))
        if times
    ]
