"""Floods and slow clients are held off, with Redis and without; forty citizens behind one address notice nothing."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from channels.gateway.connection_limits import limited_protocol
from channels.gateway.request_timeouts import TimeoutProtocol
from cli.gateway import create, serving
from core.settings import Settings
from core.web.upload_time import allow_upload
from tests.integration.channels_support import guichet, served, settings_for
from tests.integration.migrated import migrated
from tests.integration.servers import free_port
from tests.waiting import until

LIBRARY, OTHER = "203.0.113.9", "203.0.113.10"
_DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["redis", "no redis"])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    redis = _DEAD if request.param == "no redis" else request.getfixturevalue("redis_url")
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis, tmp_path, hosts="gateway.example")
    await migrated(settings.sql_url)
    return settings


@asynccontextmanager
async def gateway(settings: Settings, **limits: int) -> AsyncIterator[FastAPI]:
    app = create(settings.model_copy(update=limits))
    yield app
    await app.state.deps.close()


def browser(app: FastAPI, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 5000)), base_url="http://gateway.example")


async def opened(http: httpx.AsyncClient, **headers: str) -> dict[str, str]:
    answer = await http.post("/api/web/conversations", json={}, headers=headers)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def said(http: httpx.AsyncClient, conversation: dict[str, str]) -> httpx.Response:
    body = {"id": uuid.uuid4().hex, "text": "carte perdue"}
    return await http.post("/api/web/messages", json=body, headers=conversation)


async def test_forty_citizens_behind_one_address_notice_no_limit(settings: Settings) -> None:
    async with gateway(settings) as app, browser(app, LIBRARY) as http:

        async def citizen() -> list[int]:
            codes = [(await http.get("/api/web/config")).status_code, (await http.get("/api/web/notices")).status_code]
            conversation = await opened(http)
            for _ in range(5):
                codes.append((await said(http, conversation)).status_code)
                codes.append((await http.get("/api/web/history", headers=conversation)).status_code)
            return codes

        found = await asyncio.gather(*(citizen() for _ in range(40)))
    assert {code for codes in found for code in codes} == {200, 202}


async def test_a_conversation_that_floods_is_refused_and_no_other(settings: Settings) -> None:
    async with gateway(settings, limit_conversation_per_minute=5) as app, browser(app, LIBRARY) as http:
        robot, citizen = await opened(http), await opened(http)
        codes = [(await said(http, robot)).status_code for _ in range(7)]
        assert codes == [202] * 5 + [429] * 2
        refused = await said(http, robot)
        assert refused.json()["detail"]
        assert (await said(http, citizen)).status_code == 202


async def test_an_address_that_floods_is_refused_with_its_network_and_no_other(settings: Settings) -> None:
    async with gateway(settings, limit_requests_per_minute=10) as app:

        async def asks(address: str, times: int = 1, path: str = "/api/web/config", **headers: str) -> httpx.Response:
            async with browser(app, address) as http:
                for _ in range(times):
                    answer = await http.get(path, headers=headers)
            return answer

        assert (await asks(LIBRARY, 10)).status_code == 200
        refused = await asks(LIBRARY)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert refused.headers["content-type"] == "application/problem+json"
        page = await asks(LIBRARY, path="/assistant?lang=en", Accept="text/html")  # a person, who reads no JSON
        assert (page.status_code, page.headers["retry-after"]) == (429, "60")
        assert "Wait a minute, then go on." in page.text
        assert 'lang="en"' in page.text
        assert (await asks(LIBRARY, path="/widget.js")).status_code == 200  # files are not counted
        assert (await asks(OTHER)).status_code == 200
        assert (await asks("2001:db8:1:1::1", 10)).status_code == 200
        assert (await asks("2001:db8:1:1:ffff::2")).status_code == 429  # the same /64
        assert (await asks("2001:db8:1:2::1")).status_code == 200
        # Whoever changes the /64 with each request stays within a /48.
        codes = [(await asks(f"2001:db8:1:{number:x}::1")).status_code for number in range(16, 16 + 40)]
        assert (codes[0], codes[-1]) == (200, 429)
        assert (await asks("127.0.0.1", 20)).status_code == 200  # this machine itself


async def test_a_website_cannot_open_conversations_without_end(settings: Settings) -> None:
    async with gateway(settings, limit_site_openings_per_minute=5) as app:
        for number in range(5):  # from as many addresses as there are
            async with browser(app, f"198.51.100.{number}") as http:
                await opened(http, Origin="https://attacked.example")
        async with browser(app, "198.51.100.99") as http:
            refused = await http.post("/api/web/conversations", json={}, headers={"Origin": "https://attacked.example"})
            assert refused.status_code == 429
            await opened(http, Origin="https://mairie.example")


def _socket(settings: Settings, address: str) -> websockets.connect:
    """A page's socket, as a citizen at ``address`` opens it."""
    url = f"ws://127.0.0.1:{settings.port}/api/web/socket"
    return websockets.connect(url, additional_headers={"X-Forwarded-For": address})


async def test_an_address_holds_so_many_sockets_and_no_more(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", _DEAD, tmp_path, limit_open_per_address=10)
    await migrated(settings.sql_url)

    socket = partial(_socket, settings)
    async with guichet(settings):
        held = [await socket(LIBRARY) for _ in range(10)]
        with pytest.raises(websockets.InvalidStatus):
            await socket(LIBRARY)
        await (await socket(OTHER)).close()
        await held.pop().close()

        async def room() -> bool:
            try:
                held.append(await socket(LIBRARY))
            except websockets.InvalidStatus:
                return False
            return True

        await until(room)
        for one in held:
            await one.close()


async def test_who_was_given_a_48_does_not_hold_the_sockets_of_all(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", _DEAD, tmp_path, limit_open_per_address=10)
    await migrated(settings.sql_url)

    socket = partial(_socket, settings)
    async with guichet(settings):
        held = [await socket(f"2001:db8:1:{number:x}::1") for number in range(40)]  # each from a /64 of its own
        with pytest.raises(websockets.InvalidStatus):
            await socket("2001:db8:1:ffff::1")
        held.append(await socket("2001:db8:2:1::1"))
        for one in held:
            await one.close()


@pytest.mark.parametrize(("proxies", "codes"), [("127.0.0.2, 172.16.0.0/12", [200, 200]), ("", [200, 429])])
async def test_citizens_behind_a_proxy_elsewhere_are_told_apart_once_it_is_named(
    tmp_path: Path, proxies: str, codes: list[int]
) -> None:
    limits = {"limit_requests_per_minute": 10, "proxies": proxies}
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", _DEAD, tmp_path, **limits)
    await migrated(settings.sql_url)
    app = create(settings)
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")  # as a container's bridge, or a pod of an ingress
    url = f"http://127.0.0.1:{settings.port}/api/web/config"
    async with served(app, settings.port, **serving(settings)), httpx.AsyncClient(transport=elsewhere) as http:
        for number in range(10):
            # What a client writes there itself stands before what the proxy adds, and counts for nothing.
            robot = await http.get(url, headers={"X-Forwarded-For": f"198.51.100.{number}, {LIBRARY}"})
        citizen = await http.get(url, headers={"X-Forwarded-For": OTHER})
    assert [robot.status_code, citizen.status_code] == codes


class Hasty(TimeoutProtocol):
    """The gateway's protocol, in more of a hurry."""

    request_seconds = read_seconds = 0.3


async def test_one_address_holds_no_more_than_its_share_of_the_connections(settings: Settings) -> None:
    """Silent ones included, which no application sees; beyond, the answer says when to come back. Others are served."""
    limits = {"limit_connections_per_address": 50, "limit_connections": 60}
    protocol = limited_protocol(settings.model_copy(update=limits))
    protocol.proxies = ""  # else this machine's own are not counted
    app = FastAPI(openapi_url=None)
    app.get("/")(lambda: "ok")
    async with served(app, settings.port, http=protocol):

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http:
                return await http.get("/")

        silent = [await asyncio.open_connection("127.0.0.1", settings.port) for _ in range(50)]
        await until(lambda: protocol.open_from["127.0.0.1"] == 50)
        refused = await ask()
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        assert int(refused.headers["retry-after"]) > 0
        protocol.proxies = "127.0.0.1"
        others = [await asyncio.open_connection("127.0.0.1", settings.port) for _ in range(10)]
        await until(lambda: protocol.open_from[""] == 10)
        assert (await ask()).status_code == 503, "of all"
        for _, writer in (*silent, *others):
            writer.close()
        await until(lambda: not protocol.open_from)
        assert (await ask()).status_code == 200


@pytest.mark.parametrize("signed", [False, True])
async def test_a_slow_upload_has_time_only_if_its_sender_has_signed_in(signed: bool) -> None:
    app, port = FastAPI(), free_port()

    @app.post("/desk/exchange")
    async def upload(request: Request) -> int:
        if signed:
            allow_upload(request.scope)
        return len(await request.body())

    async with served(app, port, http=Hasty):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /desk/exchange HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n")
        for _ in range(8):
            await asyncio.sleep(0.1)  # a slow client, played
            writer.write(b"x")
        async with asyncio.timeout(20):
            assert (b" 200 " in await _end(reader)) is signed
        writer.close()


@pytest.fixture
async def hasty() -> AsyncIterator[int]:
    """The port of a server with this protocol."""
    app, port = FastAPI(), free_port()

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    async with served(app, port, http=Hasty):
        yield port


_HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"


@pytest.mark.parametrize(
    ("first", "drip"),
    [(b"", b""), (_HEAD, b"X: y\r\n"), (_HEAD + b"\r\n", b"z"), (_HEAD + b"X: " + b"y" * 200_000, b"y" * 100_000)],
    ids=["silence", "dripped headers", "dripped body", "headers without end"],
)
async def test_slow_clients_are_cut_off(hasty: int, first: bytes, drip: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hasty)
    writer.write(first)

    async def dripping() -> None:
        while True:
            writer.write(drip)
            await writer.drain()
            await asyncio.sleep(0.02)  # a slow client, played

    task = asyncio.create_task(dripping())
    try:
        async with asyncio.timeout(10):
            assert await _end(reader) == b""
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.close()


async def test_who_asks_and_does_not_read_is_cut_off() -> None:
    app, port, given_up = FastAPI(), free_port(), asyncio.Event()

    async def blocks() -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(100_000)
                await asyncio.sleep(0)
        finally:
            given_up.set()

    @app.get("/")
    async def endless() -> StreamingResponse:
        return StreamingResponse(blocks())

    async with served(app, port, http=Hasty):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(20):
            await given_up.wait()
        assert not reader.at_eof()  # it had not been read: what was sent before is still there
        writer.close()


async def _end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_connection_that_is_kept_is_served_again_and_again(hasty: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{hasty}") as http:
        sizes: list[Any] = []
        for size in (10, 500_000):
            sizes.append((await http.post("/", content=b"x" * size)).json())
            await asyncio.sleep(0.4)  # longer than a request may take: being idle is not being slow
    assert sizes == [10, 500_000]
