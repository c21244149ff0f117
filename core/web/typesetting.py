"""Typography of days, numbers and French punctuation."""

import re
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta

from core.dates import format_day
from core.languages import LANGUAGES


def typeset(text: str) -> str:
    """Returns the page ``text`` with non-breaking spaces at French double punctuation."""
    return re.sub(r" ([:;?!»])", "\N{NO-BREAK SPACE}\\1", text).replace("« ", "«\N{NO-BREAK SPACE}")


def day(value: date | datetime | str, language: str, zone: str = "Europe/Paris") -> str:
    """Returns a calendar day in words; for a moment, its day in ``zone``: "1er mars 2026", "1 March 2026"."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(ZoneInfo(zone))
    if language not in LANGUAGES:
        return format_day(value, language)
    words = format_date(value, "d MMMM y", locale=language)
    return words.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else words


def short_day(value: str, language: str) -> str:
    """Returns a day (ISO) in digits if they are unambiguous: "01/03/2026", "1 March 2026"."""
    return format_day(date.fromisoformat(value), language)


def age(value: str, language: str, today: date | None = None) -> str:
    """Returns how long ago a day (ISO) is, in the largest unit that fits: "il y a 6 ans", "5 months ago"; empty for today."""
    then, today = date.fromisoformat(value), today or date.today()
    months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    days = max(0, (today - then).days)
    unit: Literal["year", "month", "day"] = "year" if months >= 12 else "month" if months > 0 else "day"
    count = {"year": months // 12, "month": months, "day": days}[unit]
    if not count:
        return ""
    length = timedelta(days=count * {"year": 365.25, "month": 30.5, "day": 1}[unit])
    return format_timedelta(-length, granularity=unit, threshold=1e9, add_direction=True, locale=language)


def language_name(code: str, language: str) -> str:
    """Returns the name of a language in ``language``: "ukrainien", "Ukrainian"; the code if it is unknown."""
    try:
        return Locale.parse(code).get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code


def decimal(value: float, language: str, places: int = 2) -> str:
    """Returns a number with ``places`` decimals and separated thousands: "1 234,50", "1,234.50"."""
    text = f"{value:,.{places}f}"
    return text.translate({ord(","): "\N{NARROW NO-BREAK SPACE}", ord("."): ","}) if language == "fr" else text


def whole_number(value: float, language: str) -> str:
    """Returns a rounded number: "1 235", "1,235"."""
    return decimal(value, language, 0)


def euros(value: float, language: str, places: int = 2) -> str:
    """Returns an amount: "0,00 €" in French (a space at which no line breaks), "€0.00" in English."""
    text = decimal(value, language, places)
    return f"{text}\N{NO-BREAK SPACE}€" if language == "fr" else f"€{text}"


def moment(value: datetime, language: str, zone: str = "Europe/Paris") -> str:
    """Returns a day and the time of day in ``zone``: "1er mars 2026 à 14 h 05", "1 March 2026, 14:05"."""
    local = value.astimezone(ZoneInfo(zone))
    time = f"à {local:%H}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{local:%M}" if language == "fr" else f"{local:%H:%M}"
    return f"{day(local, language)}{' ' if language == 'fr' else ', '}{time}"
