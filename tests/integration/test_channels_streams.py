"""Server-sent events and the socket: every reply once, in order, whatever breaks in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from core.settings import Settings
from tests.integration.channels_support import Citizen, Guichet, guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    """On SQLite: what streams read is the same on both (see test_channels_turns)."""
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


@asynccontextmanager
async def events(
    citizen: Citizen, after: int | None = None, last_event_id: int | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The reply events of a stream, as they come."""
    params = {} if after is None else {"after": after}
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    async with citizen.http.stream("GET", "/api/web/events", params=params, headers=citizen.headers | headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")

        async def replies() -> AsyncIterator[dict[str, Any]]:
            block: dict[str, str] = {}
            async for line in stream.aiter_lines():
                name, _, value = line.partition(": ")
                if line:
                    block[name] = value
                elif "data" in block:
                    event = json.loads(block["data"])
                    assert (block["event"], block["id"]) == ("reply", str(event["seq"]))
                    yield event
                    block = {}

        yield replies()


async def take(replies: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(15):
        return [await anext(replies) for _ in range(count)]


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


async def test_nobody_else_sees_a_conversation(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen, stranger = await service.citizen(), await service.citizen()
        async with events(stranger) as others:
            await citizen.post("un")
            await citizen.answered(1)
            await stranger.post("à moi", "mine")
            (event,) = await take(others, 1)
        assert event["in_reply_to"] == "mine"
        assert [turn["message"]["text"] for turn in await stranger.history()] == ["à moi"]


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


@asynccontextmanager
async def socket(service: Guichet, token: str, after: int = 0) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{service.settings.port}/api/web/socket") as connection:
        await connection.send(json.dumps({"type": "hello", "token": token, "after": after}))
        yield connection


async def frames(connection: ClientConnection, until: str) -> list[dict[str, Any]]:
    """The frames that come, up to the first of type ``until``."""
    got: list[dict[str, Any]] = []
    async with asyncio.timeout(15):
        while not got or got[-1]["type"] != until:
            got.append(json.loads(await connection.recv()))
    return got


async def closed(connection: ClientConnection, sending: Sequence[str | bytes] = ()) -> None:
    """Send ``sending``, then read on, until the other side closes."""
    with suppress(ConnectionClosed):
        for frame in sending:
            await connection.send(frame)
        async for _ in connection:
            pass


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


async def test_what_the_socket_does_not_understand_is_an_error_and_changes_nothing(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen(language="en")
        async with socket(service, citizen.token) as connection:
            await frames(connection, "ready")
            for wrong in ("no json", "[]", '{"type":"message","id":"1"}', '{"type":"message","id":"1","payload":"forged"}'):
                await connection.send(wrong)
                assert (await frames(connection, "error"))[-1]["problem"]["status"] in (400, 422)
            await connection.send(json.dumps({"type": "message", "id": "long", "text": "x" * 3000}))
            (error,) = await frames(connection, "error")
            assert error["id"] == "long"
            assert "too long" in error["problem"]["detail"]
        assert await citizen.history() == []


@pytest.mark.parametrize("hello", ['{"type":"hello","token":"forged"}', '{"type":"message","id":"1","text":"x"}', "no json"])
async def test_a_socket_without_a_good_token_is_closed(settings: Settings, hello: str) -> None:
    async with guichet(settings) as service, connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as connection:
        await service.citizen()
        await connection.send(hello)
        async with asyncio.timeout(5):
            await closed(connection)
        assert connection.close_code == 4401


async def test_a_flood_closes_the_socket_and_so_does_a_huge_frame(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        for flood, code in (([json.dumps({"type": "ping"})] * 60, 1008), (["x" * 20_000], 1009), ([b"{}"], 1003)):
            async with socket(service, citizen.token) as connection:
                await frames(connection, "ready")
                async with asyncio.timeout(10):
                    await closed(connection, flood)
                assert connection.close_code == code


async def test_a_page_that_may_not_embed_the_widget_gets_no_socket(settings: Settings) -> None:
    strict = settings.model_copy(update={"widget_sites": "https://mairie.example"})
    async with guichet(strict) as service:
        opened = await service.http.post("/api/web/conversations", json={}, headers={"Origin": "https://mairie.example"})
        url = f"ws://127.0.0.1:{strict.port}/api/web/socket"
        async with connect(url, origin="https://mairie.example") as connection:  # type: ignore[arg-type]
            await connection.send(json.dumps({"type": "hello", "token": opened.json()["token"]}))
            await frames(connection, "ready")
        with pytest.raises(Exception, match="403"):
            async with connect(url, origin="https://other.example"):  # type: ignore[arg-type]
                pass
