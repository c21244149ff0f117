"""The reply events of a stream, and a socket of the website as a page opens it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.integration.channels_support import Citizen, Guichet


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
