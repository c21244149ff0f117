"""Days and times that messages ask for, seen from Monday 30 November 2026."""

from __future__ import annotations

from datetime import date, time

import pytest

from places.hours.requested_time import requested_time

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("ouvert samedi ?", date(2026, 12, 5), None),
        ("ouvert lundi ?", TODAY, None),
        ("c'est ouvert demain à 13h ?", date(2026, 12, 1), time(13)),
        ("après-demain matin", date(2026, 12, 2), None),
        ("le 11 novembre", date(2027, 11, 11), None),
        ("le 24 décembre à 18h30", date(2026, 12, 24), time(18, 30)),
        ("le 24/12 ?", date(2026, 12, 24), None),
        ("à Noël", date(2026, 12, 25), None),
        ("le lundi de Pâques", date(2027, 3, 29), None),
        ("le 1er mai", date(2027, 5, 1), None),
        ("à l'Ascension", date(2027, 5, 6), None),
        ("le pont de l'Ascension", date(2027, 5, 7), None),
        ("vous faites le pont le 14 juillet ?", date(2027, 7, 14), None),  # a Wednesday
        ("piscine rue du pont, mardi", date(2026, 12, 1), None),
        ("le lundi de Pentecôte", date(2027, 5, 17), None),
        ("mercredi après-midi", date(2026, 12, 2), None),
        ("à l'heure du déjeuner", None, time(12, 45)),
        ("le 1er janvier", date(2027, 1, 1), None),
        ("ouvert entre midi et deux ?", None, time(12, 45)),
        ("ouvert à minuit ?", None, time(0)),
        ("open on Saturday?", date(2026, 12, 5), None),
        ("aujourd'hui", TODAY, None),
        ("le 31/02", None, None),
        ("horaires de la mairie", None, None),
    ],
)
def test_asked_when_of_message_returns_next_such_day_and_time(text: str, day: date | None, clock: time | None) -> None:
    assert requested_time(text, TODAY)[:2] == (day, clock)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("mercredi après-midi", (time(14), time(18))),
        ("demain aprem", (time(14), time(18))),
        ("ouvert le matin ?", (time(7), time(11, 30))),
        ("demain matin à 9 h", None),
        ("après-demain", None),
        ("entre midi et deux", None),
    ],
)
def test_asked_when_of_message_returns_the_part_of_the_day(text: str, part: tuple[time, time] | None) -> None:
    assert requested_time(text, TODAY).part == part
