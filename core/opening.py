"""When people answer: opening hours with public holidays, in the administration's time zone. Pure.

The hours are written as OpenStreetMap's ``opening_hours`` has them, which a library reads:
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from opening_hours import OpeningHours

_SETTLED_DAYS = 400  # hours that open at all open within this time; the library need not look further


class Opening:
    """``hours`` such as ``Mo-Fr 09:00-12:00,14:00-17:00; PH off`` in ``zone`` (IANA), with the public holidays of ``country``.

    Empty ``hours`` never open. Raises ``ValueError`` for hours, a zone or a country that cannot be read.
    """

    def __init__(self, hours: str, *, zone: str = "Europe/Paris", country: str = "FR") -> None:
        try:
            self.zone = ZoneInfo(zone)
            self._hours = (
                OpeningHours(hours, timezone=self.zone, country=country, max_interval_days=_SETTLED_DAYS)
                if hours.strip()
                else None
            )
        except Exception as error:  # the library's own, for each of the three
            raise ValueError(f"opening hours cannot be read: {str(error).splitlines()[-1].strip(' =')}") from error

    def is_open(self, moment: datetime) -> bool:
        """Whether people answer at ``moment`` (aware)."""
        return self._hours is not None and self._hours.is_open(moment.astimezone(self.zone))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When they answer next: ``moment`` itself if they do now; ``None`` if never. In ``zone``."""
        if self._hours is None:
            return None
        local = moment.astimezone(self.zone)
        while not self._hours.is_open(local):
            change = self._hours.next_change(local)
            if change is None:
                return None
            local = change
        return local


def day_and_time(moment: datetime, language: str) -> tuple[str, str]:
    """``moment`` in words, as two parts: ("lundi 30 novembre", "9:00")."""
    day: date = moment.date()
    clock: time = moment.timetz()
    pattern = "EEEE d MMMM"
    words = format_date(day, pattern, locale=language)
    return (words.replace(" 1 ", " 1er ") if language == "fr" else words), format_time(clock, "H:mm", locale=language)
