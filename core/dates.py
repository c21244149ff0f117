"""Days as people write them in their language."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

# French officials write 24/11/2026; in English these digits could be read as another day.
_PATTERNS = {"fr": "dd/MM/y", "en": "d MMMM y", "es": "d 'de' MMMM 'de' y", "ar": "d/M/y"} | dict.fromkeys(
    ("pt", "tr", "uk"), "d.MM.y"
)
_MONTHS = 12


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Returns the day of ``moment`` in the administration's time zone, which counts for figures, budgets and limits."""
    return moment.astimezone(zone).date()


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Returns the first moment of ``first`` and that of the day after ``last``, in ``zone``."""
    return (
        datetime.combine(first, time.min, zone),
        datetime.combine(last + timedelta(days=1), time.min, zone),
    )


def old_before(months: int, today: date) -> date:
    """Returns the first day that does not lie more than ``months`` calendar months before ``today``."""
    year, month = divmod(today.year * _MONTHS + today.month - 1 - months, _MONTHS)
    try:
        return date(year, month + 1, today.day)
    except ValueError:  # the month is shorter: nothing in it is as recent
        return date(year, month + 2, 1)


def is_old(verified_on: date, months: int, today: date) -> bool:
    """Decides whether ``verified_on`` lies more than ``months`` calendar months before ``today``."""
    return verified_on < old_before(months, today)


def format_day(day: date, language: str) -> str:
    """Returns ``day`` in ``language``: 24/11/2026, 24 November 2026."""
    return format_date(day, _PATTERNS.get(language, _PATTERNS["fr"]), locale=language if language in _PATTERNS else "fr")
