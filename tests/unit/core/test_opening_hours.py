"""Opening hours: a table over seasons, holidays and breaks; refusals; days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from core.opening_hours import OpeningHours, day_and_time
from core.settings import Settings

HOURS = "Mo-Fr 09:00-12:00,14:00-17:00; PH off"


def at(text: str, opening: OpeningHours) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=opening.zone)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-11-24 10:00", True, "2026-11-24 10:00"),
        ("2026-11-24 08:59", False, "2026-11-24 09:00"),
        ("2026-11-24 12:00", False, "2026-11-24 14:00"),
        ("2026-11-24 16:59", True, "2026-11-24 16:59"),
        ("2026-11-24 17:00", False, "2026-11-25 09:00"),
        ("2026-11-27 18:00", False, "2026-11-30 09:00"),  # Friday evening
        ("2026-11-11 10:00", False, "2026-11-12 09:00"),  # Armistice
        ("2026-12-24 18:00", False, "2026-12-28 09:00"),  # Christmas is a Friday
        ("2026-12-31 18:00", False, "2027-01-04 09:00"),
        ("2027-03-26 18:00", False, "2027-03-30 09:00"),  # Easter Monday, and the clocks go forward
        ("2027-05-06 10:00", False, "2027-05-07 09:00"),  # Ascension
        ("2027-05-17 10:00", False, "2027-05-18 09:00"),  # Whit Monday
        ("2026-10-23 18:00", False, "2026-10-26 09:00"),  # the clocks go back
    ],
)
def test_hours(moment: str, is_open: bool, opens: str) -> None:
    opening = OpeningHours(HOURS)
    present = at(moment, opening)
    assert opening.is_open(present) is is_open
    assert opening.next_opening(present) == at(opens, opening)


@pytest.mark.parametrize(("moment", "is_open"), [("2026-07-01T07:30", True), ("2026-12-01T07:30", False)])
def test_the_zone_counts_not_the_clock_of_the_machine(moment: str, is_open: bool) -> None:
    """07:30 UTC is 09:30 in Paris in summer, and 08:30 in winter."""
    assert OpeningHours(HOURS).is_open(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is is_open


def test_another_country_has_other_holidays() -> None:
    french, german = OpeningHours(HOURS), OpeningHours(HOURS, zone="Europe/Berlin", country="DE")
    moment = datetime(2026, 7, 14, 8, 0, tzinfo=UTC)
    assert not french.is_open(moment)
    assert german.is_open(moment)


@pytest.mark.parametrize("hours", ["", "  ", "off"])
def test_hours_that_never_open(hours: str) -> None:
    opening = OpeningHours(hours)
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert not opening.is_open(moment)
    assert opening.next_opening(moment) is None


@pytest.mark.parametrize(
    "wrong", [{"desk_hours": "lu-ve 9h-12h"}, {"desk_timezone": "Europe/Nulle_Part"}, {"desk_country": "ZZ"}]
)
def test_hours_that_cannot_be_read_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    secrets = {"secret_key": "s", "internal_secret": "s", "address_key": "s"}
    with pytest.raises(ValidationError, match=f"GUICHET_{next(iter(wrong)).upper()}"):
        Settings(_env_file=None, **secrets, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        (30, "fr", ("lundi 30 novembre", "9:05")),
        (1, "fr", ("dimanche 1er novembre", "9:05")),
        (1, "en", ("Sunday 1 November", "9:05")),
    ],
)
def test_a_day_in_words(day: int, language: str, words: tuple[str, str]) -> None:
    assert day_and_time(datetime(2026, 11, day, 9, 5), language) == words


def test_the_usual_week_is_told_by_runs_of_days_without_holidays() -> None:
    opening = OpeningHours("Mo-Th 09:00-12:00,14:00-24:00; Fr 09:00-12:00; PH off")
    thursday = [("09:00", "12:00"), ("14:00", "24:00")]
    # 25 December 2026 is a Friday.
    assert opening.usual_week(date(2026, 12, 21)) == [(0, 3, thursday), (4, 4, [("09:00", "12:00")]), (5, 6, [])]
    assert OpeningHours("").usual_week(date(2026, 12, 21)) == [(0, 6, [])]
