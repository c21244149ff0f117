"""Headers, bodies, frames and paths that no client of ours sends: each is refused in words; nothing fails, nothing changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from cli.gateway import create, serving
from core.database import Database
from core.database.models import Message
from core.identity import Role
from core.settings import Settings
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.streams_support import closed, frames, socket
from tests.waiting import until


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    """On SQLite: requests are read before any record is asked."""
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.sql_url)
    yield database
    await database.close()


async def test_ill_formed_messages_change_nothing(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        wrong: list[Any] = [
            {"id": "a"},
            {"id": "a", "text": "x", "payload": "y"},
            {"id": "", "text": "x"},
            {"id": "a" * 65, "text": "x"},
            {"id": "a b", "text": "x"},
            {"id": "a", "text": 1},
            {"id": "a", "text": "x", "more": 1},
            [],
        ]
        for body in wrong:
            refused = await service.http.post("/api/web/messages", json=body, headers=citizen.headers)
            assert refused.status_code == 422, body
            assert refused.headers["content-type"] == "application/problem+json"
        long = await citizen.post("x" * 2001)
        assert (long.status_code, long.json()["code"]) == (422, "too_long")
        assert "2000" in long.json()["detail"]
        huge = await citizen.post("x" * 70_000)
        assert huge.status_code == 413
        chunks = (b" " * 20_000 for _ in range(5))
        streamed = await service.http.post("/api/web/messages", content=_aiter(chunks), headers=citizen.headers)
        assert streamed.status_code == 413
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Message))).scalar_one() == 0


async def test_a_conversation_may_not_pile_up_messages_without_end(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        codes = [(await citizen.post(f"question {number}", str(number))).status_code for number in range(22)]
        assert codes == [202] * 20 + [429] * 2
        assert (await citizen.post("question 3", "3")).status_code == 202  # it is in the record
        assert len(await citizen.history()) == 20


async def test_what_cannot_be_written_is_taken_out_of_a_text(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        body = '{"id": "odd", "text": "a\\u0000b\\ud800c é 🙂"}'
        sent = await service.http.post(
            "/api/web/messages", content=body, headers=citizen.headers | {"content-type": "application/json"}
        )
        assert sent.status_code in (202, 422)
        if sent.status_code == 202:
            await citizen.answered(1)
            assert service.rasa.handled == [(citizen.conversation, "abc é 🙂")]
        assert (await citizen.post(json.loads('"nul \\u0000 dedans"'))).status_code == 202
        await until(lambda: _has(service.rasa.handled, (citizen.conversation, "nul  dedans")))


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


async def test_a_flood_closes_the_socket_and_so_does_a_huge_frame(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        for flood, code in (([json.dumps({"type": "ping"})] * 60, 1008), (["x" * 20_000], 1009), ([b"{}"], 1003)):
            async with socket(service, citizen.token) as connection:
                await frames(connection, "ready")
                async with asyncio.timeout(10):
                    await closed(connection, flood)
                assert connection.close_code == code


async def _has(handled: list[tuple[str, str]], expected: tuple[str, str]) -> bool:
    return expected in handled


async def _aiter(chunks: Any) -> Any:
    for chunk in chunks:
        yield chunk


_VALUES = (
    b"\xe9",
    b"\xff\xfe",
    b"[",
    b"http://[",
    b"http://[::1",
    b"http://u:p@[x]",
    b"xn--a",
    b"evil.example:99999",
    b"1e400",
    b"-1",
)
_HEADERS = (
    "Origin",
    "Host",
    "Cookie",
    "Authorization",
    "Accept-Language",
    "Last-Event-ID",
    "Content-Type",
    "Forwarded",
    "Range",
)
_COOKIES = ("guichet_conversation", "guichet-desk", "guichet-device")


def _odd_headers() -> Iterable[dict[bytes, bytes]]:
    for value in _VALUES:
        for name in _HEADERS:
            values = [f"{cookie}=".encode() + value for cookie in _COOKIES] if name == "Cookie" else [value]
            yield from ({name.encode(): one} for one in values)


async def test_headers_that_are_none_make_nothing_fail(settings: Settings) -> None:
    app, failed = create(settings), []
    pages = ("/", "/assistant", "/assistant/conversation.txt", "/desk", "/desk/sign-in", "/nowhere", "/api/web/history")
    posts = ("/assistant", "/assistant/language", "/assistant/restart", "/desk/sign-out", "/api/web/conversations")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        for headers in _odd_headers():
            for method, path in [*(("GET", page) for page in pages), *(("POST", post) for post in posts)]:
                form = {"id": "x", "text": " ", "to": "en"} if path.startswith("/assistant") and method == "POST" else None
                answer = await http.request(method, path, headers=headers, data=form)
                if answer.status_code >= 500:
                    failed.append((method, path, headers))
    await app.state.deps.close()
    assert failed == []


async def test_a_host_that_is_made_up_stands_on_no_page(settings: Settings) -> None:
    """Else a page that a cache keeps, or a link sent by mail, would lead to the attacker."""
    app, evil = create(settings.model_copy(update={"hosts": "*"})), "evil.example"
    made_up = {"Host": evil, "X-Forwarded-Host": evil, "Forwarded": f"host={evil}", "Accept": "text/html"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as http:
        for path in ("/", "/assistant", "/about", "/demo", "/desk", "/desk/sign-in", "/api/openapi.json", "/about/?lang=en"):
            answer = await http.get(path, headers=made_up)
            assert evil not in answer.text + answer.headers.get("location", ""), path
        assert answer.headers["location"] == "/about?lang=en"
    await app.state.deps.close()


@pytest.mark.parametrize(
    ("named", "public_url", "host", "ours"),
    [
        ("", "", "127.0.0.1", True),
        ("", "", "localhost:8080", True),
        ("", "", "[::1]:8080", True),
        ("", "", "rebound.example", False),
        ("", "", "", False),
        ("", "https://guichet.exemple.fr", "GUICHET.exemple.fr", True),
        ("", "https://guichet.exemple.fr", "guichet.exemple.fr.evil.example", False),
        ("", "https://guichet.exemple.fr", "www.guichet.exemple.fr", False),
        ("*.exemple.fr", "https://guichet.exemple.fr", "www.exemple.fr", True),
        ("*.exemple.fr", "https://guichet.exemple.fr", "exemple.fr", False),
    ],
)
async def test_only_our_names_are_answered(settings: Settings, named: str, public_url: str, host: str, ours: bool) -> None:
    """A page of an attacker whose name points to this machine, or that of our proxy, gets nothing."""
    app = create(settings.model_copy(update={"hosts": named, "public_url": public_url}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        answer = await http.get("/api/web/config", headers={"Host": host})
        assert answer.status_code == (200 if ours else 421)
        if not ours:
            assert answer.headers["content-type"] == "application/problem+json"
            assert "GUICHET_HOSTS" in answer.json()["detail"]
            page = await http.get("/", headers={"Host": host, "Accept": "text/html", "Accept-Language": "fr"})
            assert "ne répond pas sous ce nom" in page.text
            assert (await http.post("/webhooks/sms/twilio", headers={"Host": host})).status_code == 421
    await app.state.deps.close()


@pytest.mark.parametrize(
    ("public_url", "seconds", "said"), [("https://g.example", 60, True), ("https://g.example", 0, False), ("", 60, False)]
)
async def test_browsers_are_told_to_stay_with_https_where_it_is_used(
    settings: Settings, public_url: str, seconds: int, said: bool
) -> None:
    settings = settings.model_copy(update={"public_url": public_url, "hsts_seconds": seconds})
    app = create(settings)
    async with served(app, settings.port, **serving(settings)), httpx.AsyncClient() as http:
        for path in ("/", "/api/web/config", "/nowhere"):
            answer = await http.get(f"http://127.0.0.1:{settings.port}{path}")
            assert answer.headers.get("strict-transport-security") == ("max-age=60" if said else None)


async def _said(service: Guichet, content: bytes, headers: dict[str, str]) -> httpx.Response:
    kind = {"Content-Type": "application/json"}
    return await service.http.post("/api/web/messages", content=content, headers=headers | kind)


async def test_json_that_is_deep_doubled_huge_or_no_text_is_refused(settings: Settings, database: Database) -> None:
    bodies = (
        b"[" * 60_000,
        b'{"id":"1","text":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"id":"1","text":"x","more":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b'{"id":"1","text":"\xff\xfe"}',
        b'{"id":' + b"9" * 5_000 + b',"text":"x"}',
        b'{"id":1e400,"text":"x"}',
        b'{"id":"1","text":NaN}',
        b'{"id":"1","text":"x"',
        b"\x00",
    )
    async with guichet(settings) as service:
        citizen = await service.citizen()
        for body in bodies:
            refused = await _said(service, body, citizen.headers)
            assert 400 <= refused.status_code < 500, body[:40]
            assert refused.headers["content-type"] == "application/problem+json"
        # The last of two wins, for the check as for what is kept: no second text slips past the first one's limits.
        doubled = b'{"id":"1","text":"x","text":"' + b"y" * 3000 + b'"}'
        assert (await _said(service, doubled, citizen.headers)).status_code == 422
        assert (await _said(service, b'{"id":"1","text":"un","id":"2","text":"deux"}', citizen.headers)).status_code == 202
        (kept,) = await citizen.history()
        assert (kept["message"]["id"], kept["message"]["text"]) == ("2", "deux")


async def test_a_desk_form_that_is_deep_is_refused(settings: Settings, database: Database) -> None:
    app = create(settings)
    headers = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        for path in ("/api/desk/console/replies", "/api/desk/entries/local/F1/check"):
            answer = await http.post(path, content=b"[" * 500_000, headers=headers | {"Content-Type": "application/json"})
            assert 400 <= answer.status_code < 500, path
        fields = b"&".join(b"a=1" for _ in range(200_000))
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert 400 <= (await http.post("/desk/staff/invite", content=fields, headers=headers | kind)).status_code < 500
    await app.state.deps.close()


async def test_paths_that_climb_reach_no_file(settings: Settings) -> None:
    async with guichet(settings) as service:
        for base in ("/static", "/desk/static", "/widget", "/desk/static/desk", "/l"):
            for climb in (
                "../../../../etc/passwd",
                "..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e/%2e%2e/pyproject.toml",
                "....//pyproject.toml",
                "..\\..\\pyproject.toml",
                "%00",
                "/etc/passwd",
                "..%252f..%252fpyproject.toml",
                "%c0%ae%c0%ae/pyproject.toml",
            ):
                answer = await _raw(service, f"GET {base}/{climb} HTTP/1.1")
                assert answer.split(b" ", 2)[1] in (b"404", b"400", b"422", b"307", b"405"), (base, climb)
                assert b"root:" not in answer
                assert b"[project]" not in answer


async def _raw(service: Guichet, line: str, *headers: str) -> bytes:
    """What comes back for a request that no library would write."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.settings.port)
    writer.write("\r\n".join([line, "Host: 127.0.0.1", "Connection: close", *headers, "", ""]).encode())
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: -1",),
        ("Content-Length: 99999999999999999999",),
        ("Transfer-Encoding: chunked, identity",),
        ("Upgrade: websocket", "Connection: upgrade"),
    ],
)
async def test_a_request_with_two_ends_is_not_read_as_two(settings: Settings, headers: tuple[str, ...]) -> None:
    """Request smuggling: what a proxy reads as one request must not become a second one here."""
    async with guichet(settings) as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
        hidden = "0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        writer.write("\r\n".join(["POST /api/web/conversations HTTP/1.1", "Host: 127.0.0.1", *headers, "", hidden]).encode())
        writer.write_eof()
        async with asyncio.timeout(20):
            answer = await reader.read()
        writer.close()
        assert answer.count(b"HTTP/1.1 200") == 0
        assert (await service.http.get("/health/live")).status_code == 200


async def test_a_socket_that_says_nothing_is_closed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.web.api.socket._HELLO_SECONDS", 0.2)
    async with guichet(settings), connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as connection:
        async with asyncio.timeout(20):
            await closed(connection)
        assert connection.close_code == 4401


async def test_a_frame_in_pieces_or_of_no_text_closes_the_socket(settings: Settings) -> None:
    async def pieces(size: int) -> AsyncIterator[str]:
        for _ in range(size):
            yield "x" * 1000

    async with guichet(settings) as service:
        citizen = await service.citizen()
        async with socket(service, citizen.token) as connection:
            await frames(connection, "ready")
            with suppress(ConnectionClosed):
                await connection.send(pieces(40))  # each within the limit, together beyond it
            async with asyncio.timeout(20):
                await closed(connection)
            assert connection.close_code == 1009
        async with socket(service, citizen.token) as connection:
            await frames(connection, "ready")
            await connection.send(b"\xff\xfe", text=True)
            async with asyncio.timeout(20):
                await closed(connection)
            assert connection.close_code == 1007
        async with socket(service, citizen.token) as connection:
            await frames(connection, "ready")
            await connection.send('{"type":"message","id":"1","text":' + "[" * 10_000)
            assert (await frames(connection, "error"))[-1]["problem"]["status"] == 422
        assert await citizen.history() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # whose texts hold none
async def test_a_nul_that_reaches_the_record_is_the_senders_error(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        page = await http.get("/page/F1%00")
        form = {"email": "a\0@mairie.example", "password": "x"}
        signing = await http.post("/desk/sign-in", data=form, headers={"Origin": settings.base_url})
    await app.state.deps.close()
    assert (page.status_code, signing.status_code) == (400, 400)
