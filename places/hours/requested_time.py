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
_NOON = re.compile(r"\b(?<!apres )(?:midi|(?:heure|pause)(?: de| du)? dejeuner|a l heure du repas|at noon|lunch)\b")
_MOVABLE = {  # days after Easter Sunday
    r"lundi de paques|easter monday": 1,
    r"ascension(?: day)?": 39,
    r"(?:lundi de )?pentecote|whit ?monday": 50,
}
# "Le pont": the day between a holiday on a Tuesday or Thursday and the week-end.
_BRIDGE = re.compile(
    r"\bfai\w+ le pont\b|\bpont (?:(?:de|du|d|la|l|le) )+(?:\d|ascension|noel|toussaint|armistice|nouvel|jour|assomption)"
)
_BRIDGED = {1: -1, 3: 1}
# Parts of the day, and the hours of which an office must have some to be open then.
_PARTS = {
    r"\bapres ?m(?:idi)?s?\b|\bapr?em\b|\bafternoons?\b": (time(14), time(18)),
    r"\bmatins?\b|\bmatinee\b|\bmornings?\b": (time(7), time(11, 30)),
}


type Hours = tuple[time, time]


class When(NamedTuple):
    """The ``day`` and ``time`` of day, ``None`` if the message does not say them. ``part``: the hours of the part of the day
    that it names ("le matin").
    """

    day: date | None = None
    time: time | None = None
    part: Hours | None = None


def requested_time(text: str, today: date) -> When:
    """Returns the day and time that ``text`` names, seen from ``today``. A weekday or date is the next one, today included."""
    plain = re.sub(r"['’-]", " ", folded(text))
    day, asked = _day(plain, today), _time(plain)
    if day and _BRIDGE.search(plain):
        day += timedelta(days=_BRIDGED.get(day.weekday(), 0))
    part = next((hours for words, hours in _PARTS.items() if re.search(words, plain)), None)
    return When(day, asked, None if asked else part)


def _day(plain: str, today: date) -> date | None:  # noqa: PLR0911 - a rule a line, in one place
    if match := _DATE.search(plain):
        return _next(today, _MONTHS[match[2]], int(match[1]), match[3])
    if match := _NUMBERS.search(plain):
        return _next(today, int(match[2]), int(match[1]), match[3])
    if feast := _feast(plain, today):
        return feast
    if re.search(r"\bapres demain\b|day after tomorrow|pasado manana", plain):
        return today + timedelta(days=2)
    if re.search(r"\bdemain\b|\bdem1\b|\btomorrow\b|\bmanana\b", plain):
        return today + timedelta(days=1)
    for names in (_DAYS, _ENGLISH_DAYS, _SPANISH_DAYS):
        for number, name in enumerate(names):
            if re.search(rf"\b{name}s?\b", plain):
                return today + timedelta(days=(number - today.weekday()) % 7)
    if re.search(r"\bweek ?ends?\b", plain):
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if re.search(
        r"\baujourd ?hui\b|\bauj\b|\btoday\b|\bhoy\b|\bce (?:soir|midi|matin)\b|\bcet? apr\w*|\bcette nuit\b|\btonight\b", plain
    ):
        return today
    return None


def _feast(plain: str, today: date) -> date | None:
    for pattern, after in _MOVABLE.items():
        if re.search(rf"\b(?:{pattern})\b", plain):
            days = (_easter(year) + timedelta(days=after) for year in (today.year, today.year + 1))
            return next(day for day in days if day >= today)
    for pattern, (month, number) in reversed(_FEASTS.items()):
        if re.search(rf"\b(?:{pattern})\b", plain):
            return _next(today, month, number, None)
    return None


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
