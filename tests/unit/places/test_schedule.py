"""Opening hours at fixed moments: lunch, holidays, nights, time zones."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from places.hours.schedule import HoursUnreadable, Schedule

PARIS = ZoneInfo("Europe/Paris")
TOWN_HALL = "Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00; PH off; 2026 Dec 24 off"
POLICE = "Fr 20:00-02:00"


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "now", "change"),
    [
        ("2026-11-30T10:00", "open", "2026-11-30T12:00"),  # a Monday
        ("2026-11-30T09:00", "open", "2026-11-30T12:00"),
        ("2026-11-30T12:00", "lunch", "2026-11-30T14:00"),
        ("2026-11-30T13:59", "lunch", "2026-11-30T14:00"),
        ("2026-11-30T17:00", "over", "2026-12-01T09:00"),
        ("2026-11-30T07:30", "later", "2026-11-30T09:00"),
        ("2026-12-05T12:30", "over", "2026-12-07T09:00"),  # Saturday: no afternoon, so no lunch break
        ("2026-12-06T10:00", "closed", "2026-12-07T09:00"),  # Sunday
        ("2026-12-24T10:00", "closed", "2026-12-26T09:00"),  # an exception, then Christmas, then a Saturday
        ("2026-12-25T10:00", "holiday", "2026-12-26T09:00"),
        ("2027-03-29T10:00", "holiday", "2027-03-30T09:00"),  # Easter Monday
        ("2027-05-06T10:00", "holiday", "2027-05-07T09:00"),  # Ascension
    ],
)
def test_status_of_town_hall_at_moment_returns_state_and_next_change(moment: str, now: str, change: str) -> None:
    status = Schedule(TOWN_HALL).status(at(moment))
    assert (status.now, status.until or status.next) == (now, at(change))


def test_status_after_midnight_returns_open_until_the_night_ends() -> None:
    status = Schedule(POLICE).status(at("2026-12-05T01:30"))
    assert (status.now, status.until) == ("open", at("2026-12-05T02:00"))


def test_on_day_after_a_night_returns_no_hours_of_the_night() -> None:
    schedule = Schedule(POLICE)
    assert schedule.on(date(2026, 12, 5)) == []
    assert schedule.on(date(2026, 12, 4)) == [(at("2026-12-04T20:00"), at("2026-12-05T02:00"))]


def test_status_at_moment_of_another_zone_is_that_of_the_office() -> None:
    assert Schedule(TOWN_HALL).status(at("2026-11-30T08:30", ZoneInfo("UTC"))).now == "open"
    reunion = Schedule(TOWN_HALL, "974").status(at("2026-11-30T08:30"))  # 11:30 there
    assert (reunion.now, reunion.until) == ("open", at("2026-11-30T12:00", ZoneInfo("Indian/Reunion")))


def test_status_when_clocks_change_keeps_the_local_hour() -> None:
    assert Schedule(TOWN_HALL).status(at("2026-10-24T13:00")).next == at("2026-10-26T09:00")


def test_status_of_local_holiday_is_closed_there_only() -> None:
    second_day = at("2025-12-26T10:00")  # a Friday
    assert Schedule("Mo-Fr 09:00-12:00; PH off", "67").status(second_day).now == "holiday"
    assert Schedule("Mo-Fr 09:00-12:00; PH off", "35").status(second_day).now == "open"


def test_status_of_hours_that_are_over_for_good_returns_never() -> None:
    assert Schedule("2020 Jan 01 09:00-10:00").status(at("2026-11-30T10:00")).now == "never"


def test_status_of_all_day_and_night_returns_open_without_end() -> None:
    status = Schedule("24/7").status(at("2026-11-30T03:00"))
    assert (status.now, status.until) == ("open", None)
    assert Schedule("24/7").week(date(2026, 11, 30)) == [(0, 6, [("0:00", "24:00")])]


def test_week_returns_usual_days_whatever_holidays_it_has() -> None:
    runs = Schedule(TOWN_HALL).week(date(2025, 12, 22))  # with Christmas
    assert runs == [(0, 4, [("9:00", "12:00"), ("14:00", "17:00")]), (5, 5, [("9:00", "12:00")]), (6, 6, [])]


def test_schedule_of_unreadable_hours_is_refused() -> None:
    with pytest.raises(HoursUnreadable):
        Schedule("du lundi au vendredi")
