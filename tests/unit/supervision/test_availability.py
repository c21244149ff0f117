"""The line at the console: what citizens are told now about reaching a person, and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from actions.policy.request_for_human import reach_human
from conversations.wording import Wording
from core.settings import Settings
from supervision.desk.console.availability import availability_at, sentences_for_citizens

_ZONE = ZoneInfo("Europe/Paris")
_HOURS = "Mo-Fr 09:00-12:00,14:00-17:00; PH off"


def _settings(hours: str = _HOURS, *, staffed: bool = True) -> Settings:
    return Settings(desk_staffed=staffed, desk_hours=hours, contact_phone="01 99 00 45 67")


@pytest.mark.parametrize(
    ("moment", "settings", "key", "values"),
    [
        ("2026-11-24 10:00", _settings(), "reach_waits", {"time": "12:00"}),
        ("2026-11-24 10:00", _settings("24/7"), "reach_waits_always", {}),
        ("2026-11-24 17:30", _settings(), "reach_closed", {"day": "mercredi 25 novembre", "time": "9:00"}),
        ("2026-11-11 10:00", _settings(), "reach_holiday", {"day": "jeudi 12 novembre", "time": "9:00"}),
        ("2026-11-22 10:00", _settings(), "reach_closed", {"day": "lundi 23 novembre", "time": "9:00"}),  # a Sunday
        ("2026-11-24 10:00", _settings(""), "reach_never", {}),
        ("2026-11-24 10:00", _settings(staffed=False), "reach_unstaffed", {}),
    ],
)
def test_availability_agrees_with_the_reply_and_gives_the_reason(
    moment: str, settings: Settings, key: str, values: dict[str, str]
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=_ZONE)
    availability = availability_at(at, settings, "fr")
    assert (availability.key, dict(availability.values)) == (key, values)
    replies = SimpleNamespace(
        wait_for_human=lambda: ["utter_handoff_waiting"],
        nobody_on_duty=lambda back, _: ["utter_handoff_offline" if back else "utter_reach_human"],
    )
    reply = reach_human(cast(Any, SimpleNamespace(settings=settings, replies=replies, language="fr")), at)
    assert [str(one) for one in reply.utterances] == [availability.responses[0]]


def test_sentences_for_citizens_are_those_of_the_website() -> None:
    settings = _settings()
    wording = Wording.load(Path("domain.yml")).filled_from(settings)
    availability = availability_at(datetime(2026, 11, 24, 18, tzinfo=_ZONE), settings, "fr")
    said = sentences_for_citizens(wording, settings, availability, "fr")
    assert "l’équipe reprend mercredi 25 novembre à 9:00" in said
    assert "01 99 00 45 67" in said


def test_sentences_with_a_mail_server_offer_both_ways() -> None:
    settings = Settings(desk_hours=_HOURS, smtp_host="mail.example", mail_from="guichet@mairie.example")
    availability = availability_at(datetime(2026, 11, 24, 18, tzinfo=_ZONE), settings, "fr")
    assert availability.responses[-1] == "utter_offer_call_or_mail"
