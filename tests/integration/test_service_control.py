"""Service control: what citizens see of an announcement, an emergency and a channel that is off. On both databases."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from conversations.service_control.controls import BadControl, Name, clear_control, read, set_control
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Control
from core.settings import Settings
from supervision.handoffs.handoff_actions import Refused
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.integration.handoff_support import ask, desk_of, handoffs
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, **twilio.settings)


async def _set(database: Database, name: Name, french: str, english: str = "") -> None:
    async with database.write() as session:
        await set_control(session, name, text_fr=french, text_en=english, actor="anne")


async def test_a_banner_ends_by_itself_and_may_not_have_ended(settings: Settings, database: Database) -> None:
    with pytest.raises(BadControl, match="past"):
        await _set_until(database, now() - timedelta(seconds=1))
    async with guichet(settings) as service:
        await _set_until(database, now() + timedelta(hours=1))

        async def number(wanted: int) -> None:
            async def reached() -> bool:
                return len(await _notices(service)) == wanted

            await until(reached)

        await number(1)
        async with database.write() as session:  # an hour later
            await session.execute(update(Control).values(until=now() - timedelta(seconds=1)))
        await number(0)  # in an open page, too: it asks the same
        async with database.read() as session:
            assert (await read(session)).controls == {}
        await _set(database, "banner", "Une autre annonce.")  # what has ended is replaced, without an end
        await number(1)


async def _set_until(database: Database, end: datetime) -> None:
    async with database.write() as session:
        await set_control(session, "banner", text_fr="Fermé.", text_en="", until=end, actor="anne")


async def _clear(database: Database, name: Name) -> bool:
    async with database.write() as session:
        return await clear_control(session, name, actor="paul")


async def _notices(service: Guichet, language: str = "fr") -> list[dict[str, Any]]:
    found = await service.http.get("/api/web/notices", params={"lang": language})
    assert found.headers["cache-control"] == "no-store"
    notices: list[dict[str, Any]] = found.json()
    return notices


async def test_what_is_set_is_seen_within_seconds_and_audited(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        assert await _notices(service) == []
        await _set(database, "banner", "Mairie fermée  lundi.", "Town hall closed on Monday.")
        await _set(database, "emergency", "Crue : évacuez le quai.")

        async def two() -> bool:
            return len(await _notices(service)) == 2

        await until(two)
        first, second = await _notices(service, "en")
        assert (first["kind"], first["lang"], first["text"]) == ("emergency", "fr", "Crue : évacuez le quai.")
        assert (second["kind"], second["lang"], second["text"]) == ("banner", "en", "Town hall closed on Monday.")
        page = (await service.http.get("/assistant")).text
        assert "Mairie fermée lundi." in page
        assert 'role="alert"' in page
        assert await _clear(database, "emergency")
        assert not await _clear(database, "emergency")
    async with database.read() as session:
        rows = (await session.execute(select(AuditRow.actor, AuditRow.action, AuditRow.target).order_by(AuditRow.seq))).all()
    assert [tuple(row) for row in rows] == [
        ("anne", "service.set", "banner"),
        ("anne", "service.set", "emergency"),
        ("paul", "service.cleared", "emergency"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"), [("  ", "blank"), ("x" * 301, "too_long"), ("Le 1 85 05 78 006 084 36 est élu", "personal")]
)
async def test_what_cannot_be_said_is_refused_and_changes_nothing(database: Database, text: str, reason: str) -> None:
    with pytest.raises(BadControl) as refusal:
        await _set(database, "banner", text)
    assert refusal.value.reason == reason
    async with database.read() as session:
        assert (await read(session)).controls == {}
        assert (await session.execute(select(AuditRow))).first() is None


async def test_an_open_conversation_is_told_that_notices_changed(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "passeport")
        events: list[str] = []

        async def follow() -> None:
            async with service.http.stream("GET", "/api/web/events", headers=citizen.headers) as stream:
                async for line in stream.aiter_lines():
                    events.append(line)

        task = asyncio.create_task(follow())
        # The stream tells what changes after its beginning (a page asks for the rest): its first reply says that it has begun.
        await until(lambda: _truth("event: reply" in events))
        assert "event: notices" not in events
        await _set(database, "banner", "Travaux.")
        await until(lambda: _truth("event: notices" in events))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_website_that_is_off_says_why_and_asks_nothing(settings: Settings, database: Database) -> None:
    await _set(database, "off:web", "Une réponse fausse est en cours de correction.")
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        reply = await ask(citizen, "carte perdue")
        assert reply["outcome"] == "fallback"
        assert "Une réponse fausse est en cours de correction." in reply["text"]
        danger = await ask(citizen, "je veux mourir")
        assert danger["outcome"] == "crisis"
        assert "3114" in danger["text"]  # first, whatever is off
        assert [notice["kind"] for notice in await _notices(service)] == ["off"]
        assert service.rasa.calls == 0

        (row,) = await handoffs(database)  # a danger is flagged all the same, and a human goes on
        claim = await desk.claim(row.id, "anne")
        assert (await ask(citizen, "vous êtes là ?"))["outcome"] == "human"
        await desk.close(claim)
        with pytest.raises(Refused):
            await desk.reply(claim, "trop tard")
        await _clear(database, "off:web")

        async def answers() -> bool:
            return bool((await ask(citizen, "passeport"))["outcome"] == "answered")

        await until(answers)


async def test_by_sms_announcements_go_before_a_reply_and_once(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        await _set(database, "banner", "Mairie fermée lundi.")
        await _set(database, "emergency", "Crue : évacuez.")
        await _say(service, settings, twilio, "carte perdue", 4)
        assert twilio.texts[1:3] == [
            "URGENT, Mairie de démonstration : Crue : évacuez.",
            "Information de Mairie de démonstration : Mairie fermée lundi.",
        ]
        await _say(service, settings, twilio, "passeport", 5)
        assert "passeport" in twilio.texts[-1]
        await _set(database, "banner", "Mairie ouverte samedi.")
    async with guichet(settings) as service, working(settings):
        await _say(service, settings, twilio, "aide", 6)  # a command is answered alone
        await _say(service, settings, twilio, "permis", 8)
    assert "samedi" in twilio.texts[6]
    assert sum("URGENT" in text for text in twilio.texts) == 1


async def test_sms_that_are_off_say_so_once_and_still_obey_stop(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    await _set(database, "off:sms", "Panne de l'opérateur.")
    async with guichet(settings) as service, working(settings):
        await _say(service, settings, twilio, "carte perdue", 2)
        assert "Panne de l'opérateur." in twilio.texts[-1]
        await post(service.http, settings, inbound("passeport"))  # costs nothing
        await _say(service, settings, twilio, "je veux mourir", 3)
        assert "3114" in twilio.texts[-1]
        await _say(service, settings, twilio, "STOP", 4)
        assert service.rasa.calls == 0
        web = await service.citizen()
        assert (await ask(web, "carte perdue"))["outcome"] == "answered"  # the website goes on


async def _say(service: Guichet, settings: Settings, twilio: FakeTwilio, text: str, total: int) -> None:
    await post(service.http, settings, inbound(text))
    await until(lambda: _truth(len(twilio.sent) >= total))
    assert len(twilio.sent) == total, twilio.texts


async def _truth(value: bool) -> bool:
    return value
