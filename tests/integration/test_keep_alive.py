"""The end of a connection that was kept, by a real server: a request that is on its way is never cut off."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Response

from core.web.keep_alive import KeepAliveProtocol
from tests.integration.channels_support import served
from tests.integration.servers import free_port
from tests.waiting import until

_REQUEST = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
_LONG = 30_000_000  # more than the system takes at once for a client who does not read


class Kept:
    """A connection to a server, and the server's side of it."""

    def __init__(self, port: int, made: list[KeepAliveProtocol]) -> None:
        self.client = socket.create_connection(("127.0.0.1", port))
        self.client.setblocking(False)
        self._made = made

    @property
    def server(self) -> KeepAliveProtocol:
        return self._made[-1]

    def ask(self, size: int = 2) -> None:
        self.client.sendall(_REQUEST % size)

    async def answer(self, size: int = 2) -> bytes:
        """Head and ``size`` bytes; fewer where the connection ended. Raises ``ConnectionError`` where it was broken."""
        loop, read = asyncio.get_running_loop(), b""
        while len(read.partition(b"\r\n\r\n")[2]) < size and (part := await loop.sock_recv(self.client, 1 << 20)):
            read += part
        return read

    def ended(self) -> bool:
        """Whether the client sees now, without the server's loop having had a turn, that nothing more will come."""
        try:
            return self.client.recv(1) == b""
        except BlockingIOError:
            return False


@pytest.fixture
async def kept() -> AsyncIterator[Kept]:
    made: list[KeepAliveProtocol] = []

    class Remembered(KeepAliveProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            made.append(self)

    app, port = FastAPI(), free_port()

    @app.get("/{size}")
    async def answer(size: int) -> Response:
        return Response(b"x" * size)

    async with served(app, port, http=Remembered):
        connection = Kept(port, made)
        connection.ask()
        assert (await connection.answer()).endswith(b"xx")
        yield connection
        connection.client.close()


@pytest.mark.parametrize("end", ["timeout_keep_alive_handler", "shutdown"])
class TestEnd:
    async def test_what_came_and_is_not_read_yet_is_answered(self, kept: Kept, end: str) -> None:
        kept.ask()
        getattr(kept.server, end)()
        assert (await kept.answer()).endswith(b"xx")
        getattr(kept.server, end)()
        assert kept.ended()

    async def test_who_asks_nothing_sees_it_at_once(self, kept: Kept, end: str) -> None:
        getattr(kept.server, end)()
        assert kept.ended()
        await until(kept.server.transport.is_closing)

    async def test_who_has_not_read_all_yet_gets_all(self, kept: Kept, end: str) -> None:
        kept.ask(_LONG)
        await until(kept.server.transport.get_write_buffer_size)
        getattr(kept.server, end)()
        assert (await kept.answer(_LONG)).endswith(b"x" * _LONG)


@pytest.mark.parametrize("end", ["timeout_keep_alive_handler", "shutdown"])
async def test_who_is_gone_already_is_no_error(kept: Kept, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept.server, "_is_requested", lambda: False)  # they go between the look and the closing
    kept.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # by a reset
    kept.client.close()
    getattr(kept.server, end)()
    assert kept.server.transport.is_closing()
