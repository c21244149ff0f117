"""The day and the time that a message asks for: "samedi", "demain à 13 h", "le 11 novembre", "à Noël". Pure."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import NamedTuple

from places.words import folded

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPANISH_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january"),
            ("fevrier", "february"),
            ("mars", "march"),
            ("avril", "april"),
            ("mai", "may"),
            ("juin", "june"),
            ("juillet", "july"),
            ("aout", "august"),
            ("septembre", "september"),
            ("octobre", "october"),
            ("novembre", "november"),
            ("decembre", "december"),
        ),
        1,
    )
    for name in names
}
_FEASTS = {
    r"noel|christmas": (12, 25),
    r"jour de l ?an|nouvel an|new year": (1, 1),
    r"14 juillet|fete nationale": (7, 14),
    r"toussaint": (11, 1),
    r"armistice": (11, 11),
    r"assomption|15 aout": (8, 15),
    r"fete du travail": (5, 1),
    r"(?:reveillon|veille) de noel": (12, 24),
}
_DATE = re.compile(rf"\b(\d{{1,2}})(?:er)? ({'|'.join(_MONTHS)})(?: (\d{{4}}))?\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?\b")
_CLOCK = re.compile(r"\b(\d{1,2}) ?(?:h|heures?|:) ?(\d{2})?\b(?! d)")
_NOON = re.compile(r"\b(?:a midi|le midi|ce midi|entre midi(?: et (?:deux|2|14 ?h))?|pause de midi|at noon|midi)\b")
_EASTER_MONDAY = re.compile(r"lundi de paques|easter monday")


class When(NamedTuple):
    """The ``day`` and ``time`` of day, ``None`` if the message does not say them. ``weekday``: the day was named by its weekday
    ("le samedi").
    """

    day: date | None = None
    time: time | None = None
    weekday: bool = False


def requested_time(text: str, today: date) -> When:
    """Returns the day and time that ``text`` names, seen from ``today``. A weekday or date is the next one, today included."""
    plain = re.sub(r"['’-]", " ", folded(text))
    day, weekday = _day(plain, today)
    return When(day, _time(plain), weekday)


def _day(plain: str, today: date) -> tuple[date | None, bool]:  # noqa: PLR0911 - a rule a line, in one place
    if match := _DATE.search(plain):
        return _next(today, _MONTHS[match[2]], int(match[1]), match[3]), False
    if match := _NUMBERS.search(plain):
        return _next(today, int(match[2]), int(match[1]), match[3]), False
    if _EASTER_MONDAY.search(plain):
        return next(
            (one for one in (_easter(today.year) + timedelta(1), _easter(today.year + 1) + timedelta(1)) if one >= today), None
        ), False
    for pattern, (month, number) in reversed(_FEASTS.items()):
        if re.search(rf"\b(?:{pattern})\b", plain):
            return _next(today, month, number, None), False
    if re.search(r"\bapres demain\b|day after tomorrow|pasado manana", plain):
        return today + timedelta(days=2), False
    if re.search(r"\bdemain\b|\bdem1\b|\btomorrow\b|\bmanana\b", plain):
        return today + timedelta(days=1), False
    for names in (_DAYS, _ENGLISH_DAYS, _SPANISH_DAYS):
        for number, name in enumerate(names):
            if re.search(rf"\b{name}s?\b", plain):
                return today + timedelta(days=(number - today.weekday()) % 7), True
    if re.search(r"\bweek ?ends?\b", plain):
        return today + timedelta(days=(5 - today.weekday()) % 7), True
    if re.search(
        r"\baujourd ?hui\b|\bauj\b|\btoday\b|\bhoy\b|\bce (?:soir|midi|matin)\b|\bcet? apr\w*|\bcette nuit\b|\btonight\b", plain
    ):
        return today, False
    return None, False


def _time(plain: str) -> time | None:
    without_dates = _NUMBERS.sub(" ", _DATE.sub(" ", plain))
    if (match := _CLOCK.search(without_dates)) and int(match[1]) <= 24 and int(match[2] or 0) < 60:
        return time(int(match[1]) % 24, int(match[2] or 0))
    if _NOON.search(without_dates):
        return time(12, 45)
    if re.search(r"\bminuit\b|\bmidnight\b", without_dates):
        return time(0, 0)
    if re.search(r"\b(?:la|cette) nuit\b|\bat night\b", without_dates):
        return time(2, 0)
    if re.search(r"\bsoir\b|\bsoiree\b|\bevening\b", without_dates):
        return time(20, 0)
    return None


def _next(today: date, month: int, day: int, year: str | None) -> date | None:
    """Returns the next date with this day and month; ``None`` if there is none ("31/02")."""
    for candidate in (int(year),) if year else (today.year, today.year + 1):
        try:
            candidate_date = date(candidate, month, day)
        except ValueError:
            continue
        if year or candidate_date >= today:
            return candidate_date
    return None


def _easter(year: int) -> date:
    """Returns Easter Sunday (the anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = (a + 11 * d + 22 * e) // 451
    month, day = divmod(d + e - 7 * f + 114, 31)
    return date(year, month, day + 1)
