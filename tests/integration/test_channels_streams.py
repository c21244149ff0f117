"""Server-sent events and the socket: every reply once, in order, whatever breaks in between."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer
from tests.integration.streams_support import events, frames, socket, take


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    """On SQLite: what streams read is the same on both (see test_channels_turns)."""
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


async def test_a_stream_that_is_resumed_loses_and_repeats_nothing(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with events(citizen) as replies:
            await citizen.post("un", "1")
            (first,) = await take(replies, 1)
        await citizen.post("deux", "2")
        await citizen.answered(2)
        async with events(citizen, after=first["seq"]) as replies:
            await citizen.post("trois", "3")
            second, third = await take(replies, 2)
        assert [event["in_reply_to"] for event in (first, second, third)] == ["1", "2", "3"]
        async with events(citizen, last_event_id=second["seq"]) as replies:
            assert await take(replies, 1) == [third]
        async with events(citizen) as replies:
            assert await take(replies, 3) == [first, second, third]


async def test_a_stream_goes_on_while_redis_is_away(settings: Settings, redis_server: RedisServer) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with events(citizen) as replies:
            await citizen.post("un", "1")
            await take(replies, 1)
            redis_server.stop()
            await citizen.post("deux", "2")
            await take(replies, 1)
            await asyncio.to_thread(redis_server.start)
            await citizen.post("trois", "3")
            (third,) = await take(replies, 1)
        assert third["in_reply_to"] == "3"


async def test_two_tabs_see_the_same(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with events(citizen) as left, events(citizen) as right:
            await citizen.post("un")
            assert await take(left, 1) == await take(right, 1)


async def test_erasing_ends_streams_and_leaves_nothing(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("un")
        await citizen.answered(1)
        async with events(citizen) as replies:
            await take(replies, 1)
            erased = await service.http.delete("/api/web/conversations/current", headers=citizen.headers)
            assert erased.status_code == 204
            async with asyncio.timeout(10):
                assert [event async for event in replies] == []
        assert service.rasa.forgotten == [citizen.conversation]
        assert (await citizen.post("encore")).status_code == 401
        assert (await service.http.get("/api/web/history", headers=citizen.headers)).status_code == 401


async def test_the_socket_takes_messages_and_gives_replies(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with socket(service, citizen.token) as connection:
            assert await frames(connection, "ready") == [{"type": "ready"}]
            await connection.send(json.dumps({"type": "ping"}))
            assert await frames(connection, "pong") == [{"type": "pong"}]
            service.rasa.gate.clear()
            await connection.send(json.dumps({"type": "message", "id": "1", "text": "un"}))
            got = await frames(connection, "typing")  # only where it takes more than a second
            service.rasa.gate.set()
            got += await frames(connection, "reply")
            assert {frame["type"] for frame in got} == {"accepted", "typing", "reply"}
            assert got[-1]["in_reply_to"] == "1"
        await citizen.post("deux", "2")
        await citizen.answered(2)
        async with socket(service, citizen.token, after=got[-1]["seq"]) as connection:
            assert [frame.get("in_reply_to") for frame in await frames(connection, "reply")] == [None, "2"]
