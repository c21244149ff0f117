"""Opening hours as staff write them."""

from __future__ import annotations

import pytest

from places.hours.schedule import HoursUnreadable, Schedule
from places.hours.written import osm_hours, written_hours
from tests.unit.places.support import offices


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (
            "lundi-vendredi 9h-12h, 14h-17h30\nsamedi 9h-12h\njours fériés fermé",
            "Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00; PH off",
        ),
        ("du lundi au vendredi de 9h à 12h et de 14h à 17h", "Mo-Fr 09:00-12:00,14:00-17:00"),
        ("Lundi et mercredi 8:30 – 12:00\n24/12/2026 fermé", "Mo,We 08:30-12:00; 2026 Dec 24 off"),
        ("Monday-Friday 9:00-12:00\npublic holidays closed", "Mo-Fr 09:00-12:00; PH off"),
        ("Mo-Fr 09:00-12:00; PH off", "Mo-Fr 09:00-12:00; PH off"),
        ("", ""),
    ],
)
def test_osm_hours_of_written_rules_are_read(text: str, hours: str) -> None:
    assert osm_hours(text) == hours
    if hours:
        Schedule(hours)


@pytest.mark.parametrize("text", ["le matin", "lundi 9h-99h", "32/13/2026 fermé"])
def test_osm_hours_of_unknown_words_are_refused(text: str) -> None:
    with pytest.raises(HoursUnreadable):
        Schedule(osm_hours(text))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_written_hours_lose_nothing(language: str) -> None:
    for office in offices():
        assert osm_hours(written_hours(office.hours, language)) == office.hours
    assert written_hours("Mo-Fr 09:00-12:00; PH off; 2026 Dec 24 off", "fr") == (
        "lundi-vendredi 09:00-12:00\njours fériés fermé\n24/12/2026 fermé"
    )
    assert written_hours("week 1-10 Mo 09:00-12:00; 2026 Dec 01 off", "fr") == "week 1-10 Mo 09:00-12:00\n2026 Dec 01 off"
