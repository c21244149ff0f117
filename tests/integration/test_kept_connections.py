"""What httpx asks over aiohttp's connections: the same answers, the same errors, and one connection for many requests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from conversations.engine.kept_connections import KeptConnections

_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-part: a\r\nset-cookie: a=b\r\n\r\n"


class Server:
    """Answers each request with its own body's length in two digits; cuts off ``/cut``, and says nothing to ``/silent``."""

    def __init__(self) -> None:
        self.connections, self.heads = 0, list[str]()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                if "/silent" in head:
                    await reader.read()
                if "/cut" in head:
                    break
                length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
                writer.write(_ANSWER + b"%02d" % len(await reader.readexactly(length)))
        except asyncio.IncompleteReadError:
            pass
        writer.close()


@asynccontextmanager
async def _served(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, transport=KeptConnections(2), timeout=httpx.Timeout(0.3)) as client:
        yield client
    listening.close()


async def test_answers_come_over_one_connection_and_nothing_is_kept_of_them() -> None:
    server = Server()
    async with _served(server) as client:
        for text in ("é", "abc"):
            answer = await client.post("/turns?a=%20", content=text, headers={"X-Guichet-Secret": "s"})
            assert (answer.status_code, answer.text) == (200, f"{len(text.encode()):02}")
            assert answer.headers["x-part"] == "a"
            client.cookies.clear()  # httpx's own jar
        assert (await client.get("/health")).text == "00"
    assert server.connections == 1
    assert server.heads[0].startswith("POST /turns?a=%20 HTTP/1.1\r\n")
    assert "x-guichet-secret: s" in server.heads[0].lower()
    assert "cookie" not in server.heads[1].lower()


@pytest.mark.parametrize(("path", "error"), [("/cut", httpx.RemoteProtocolError), ("/silent", httpx.ReadTimeout)])
async def test_what_goes_wrong_on_a_connection_may_have_been_applied(path: str, error: type[Exception]) -> None:
    async with _served(Server()) as client:
        with pytest.raises(error):
            await client.post(path, content="abc")
        assert (await client.post("/again", content="abc")).text == "03"


async def test_nobody_listening_is_told_apart() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with httpx.AsyncClient(transport=KeptConnections(1)) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{taken.getsockname()[1]}/")
