"""The clients of the action server, on a machine whose environment names a proxy."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.action_server import action_server, blocking_action_server
from tests.integration.channels_support import SECRET, settings_for


class Listening:
    """Answers whatever is asked, and keeps it."""

    def __init__(self) -> None:
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def test_it_is_asked_directly_and_shown_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server, proxy = Listening(), Listening()
    async with (
        await asyncio.start_server(server, "127.0.0.1", 0) as listening,
        await asyncio.start_server(proxy, "127.0.0.1", 0) as proxying,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxying.sockets[0].getsockname()[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        port = listening.sockets[0].getsockname()[1]
        settings = settings_for("", "", tmp_path).model_copy(update={"actions_port": port})
        async with action_server(settings, seconds=5) as client:
            assert (await client.get("/health")).is_success
        with blocking_action_server(settings, seconds=5) as blocking:
            assert (await asyncio.to_thread(blocking.get, "/health")).is_success
    assert len(server.heads) == 2
    assert all(f"x-guichet-secret: {SECRET}".lower() in head for head in server.heads)
    assert proxy.heads == []
