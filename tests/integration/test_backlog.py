"""When more comes than is answered, who waits is told so: on SQLite and on PostgreSQL, by any gateway."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from channels.web import update_stream
from conversations.client_updates import backlog, hub
from conversations.client_updates.backlog import Late, read_late
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message, Reply
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working

_OTHERS = 15
_NOW = now()


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, worker_concurrency=1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that takes seconds takes a fraction of one."""
    monkeypatch.setattr(hub, "_IDLE_SECONDS", 0.2)
    monkeypatch.setattr(backlog, "LATE_SECONDS", 0.5)
    monkeypatch.setattr(backlog, "_FRESH_SECONDS", 0.1)
    monkeypatch.setattr(update_stream, "_CALM_SECONDS", 0.0)


async def told(connection: ClientConnection, words: str) -> str:
    """The next news of waiting that has ``words``; without any, that it is over."""
    async with asyncio.timeout(60):
        while True:
            frame: dict[str, Any] = json.loads(await connection.recv())
            if frame["type"] == "queue" and (words in frame["text"] if words else not frame["text"]):
                return str(frame["text"])


async def test_who_is_late_is_read_from_the_record(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "now", lambda: _NOW)

    def message(conversation: str, number: int, age: float, outcome: str | None = None) -> Message:
        received = _NOW - timedelta(seconds=age)
        name = f"{conversation}-{number}"
        return Message(
            id=name, conversation_id=conversation, external_id=name, dedup=name, received_at=received, outcome=outcome
        )

    async with database.write() as session:
        for name, language in (("answered", "fr"), ("crowd", "fr"), ("late", "en"), ("soon", "fr"), ("fresh", "fr")):
            session.add(Conversation(id=name, channel="web", origin="citizen", language=language))
        await session.flush()
        session.add_all(message("answered", number, 20, "answered") for number in range(40))
        await session.flush()
        session.add_all(message("crowd", number, 20) for number in range(150))
        await session.flush()
        session.add_all([message("late", 0, 6), message("late", 1, 5), message("soon", 0, 2), message("fresh", 0, 0)])
        for number in range(40):
            session.add(
                Reply(
                    id=f"r-{number}",
                    conversation_id="answered",
                    in_reply_to=f"answered-{number}",
                    outcome="answered",
                    blocks=[],
                    created_at=_NOW - timedelta(seconds=number / 4),
                )
            )
    async with database.read() as session:
        found = await read_late(session)
    assert found.keys() == {"crowd", "late", "soon"}
    assert found["late"] == Late("en", True, 2, 2, _NOW)  # 152 at two a second
    assert found["late"].messages == 2
    assert found["crowd"] == Late("fr", False, None, 150, _NOW)  # there are four others
    seen = backlog.Backlog(database)
    assert await seen.of("late") is not None
    assert await seen.of("soon") is None  # not yet, but before the record is read again
    assert found["soon"].messages == 1


@pytest.mark.usefixtures("impatient")
async def test_who_waits_is_told_why_and_how_long_until_the_answer_comes(settings: Settings) -> None:
    async with guichet(settings) as service:
        for _ in range(_OTHERS):
            await (await service.citizen()).post("bonjour")
        citizen = await service.citizen(language="fr")
        async with connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as connection:
            await connection.send(json.dumps({"type": "hello", "token": citizen.token, "after": 0}))
            await connection.send(json.dumps({"type": "message", "id": "mine", "text": "bonjour"}))
            # No worker yet: nothing is answered, and nobody is to blame.
            assert "plus de temps que d’habitude" in await told(connection, "gardé")
            assert "gardé" in (await service.http.get("/api/web/history", headers=citizen.headers)).json()["queue"]["text"]
            service.rasa.room = 2
            async with working(settings):
                assert "Attente estimée" in await told(connection, "Beaucoup de personnes")
                await service.http.post("/api/web/language", json={"language": "en"}, headers=citizen.headers)
                await told(connection, "Many people are writing")
                service.rasa.gate.set()
                (reply,) = await citizen.answered(1)
                assert (reply["in_reply_to"], reply["outcome"]) == ("mine", "answered")
                assert await told(connection, "") == ""
        after = (await service.http.get("/api/web/history", headers=citizen.headers)).json()
        assert after["queue"]["text"] == ""


@pytest.mark.usefixtures("impatient")
async def test_who_is_answered_at_once_is_told_nothing(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as connection:
            await connection.send(json.dumps({"type": "hello", "token": citizen.token, "after": 0}))
            kinds: list[str] = []
            for number in range(3):
                await connection.send(json.dumps({"type": "message", "id": f"m-{number}", "text": "bonjour"}))
                async with asyncio.timeout(15):
                    while not kinds or kinds.pop() != "reply":
                        kinds.append(json.loads(await connection.recv())["type"])
                        assert kinds[-1] in ("ready", "accepted", "typing", "reply")


async def test_a_message_too_many_is_told_to_wait_for_an_answer(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen(language="en")
        for number in range(20):
            await citizen.post("bonjour", str(number))
        refused = await citizen.post("bonjour", "one-too-many")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
    assert refused.json()["detail"].endswith("then send this one again.")
