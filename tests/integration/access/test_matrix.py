"""Role × route × object: every route of the gateway asked by every caller, against ``matrix.yml``; nothing else opens.

On PostgreSQL too where the record says whose something is.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI
from starlette.types import Message

from cli.gateway import create
from conversations.record.opening import open_conversation
from core.database import Database
from core.database.models import Conflict, DemandCluster, EntryRow, Handoff, ImportTask, SavedReply, Team
from core.entry import Entry
from core.identity import Role
from core.settings import Settings
from core.turns import Origin
from knowledge_base.editing import saving
from tests.desk_support import make_staff, sign_in
from tests.integration.access.callers import NO_RIGHT, OPEN_FORM, Caller, callers, rights
from tests.integration.channels_support import settings_for
from tests.integration.test_channels_gateway import all_routes
from tests.public_routes import PUBLIC

_TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "matrix.yml").read_text())
_LISTS = ("objects", "harmless", "held")
_NEEDS: dict[str, str] = {route: need for need, routes in _TABLE.items() if need not in _LISTS for route in routes}
_ELSEWHERE = ("203.0.113.9", 50000)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every route there is."""
    home = tmp_path_factory.mktemp("home")
    return all_routes(create(settings_for(f"sqlite+aiosqlite:///{home / 'guichet.db'}", "redis://127.0.0.1:1/0", home)))


def _client(app: FastAPI, settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=_ELSEWHERE), base_url=settings.base_url, timeout=30)


def test_the_matrix_names_every_route_once(routes: set[str]) -> None:
    listed = [route for need, theirs in _TABLE.items() if need not in _LISTS for route in theirs]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) | PUBLIC == routes
    assert not set(listed) & PUBLIC


def test_every_route_that_changes_an_entry_is_tried_on_another_collections(routes: set[str]) -> None:
    tried = [re.compile(re.sub(r"\{\w+\}", "[^/]+", route)) for route in _TABLE["harmless"]]
    asked = {item["route"] for item in _TABLE["objects"]}
    for route in routes - PUBLIC:
        if "{collection}" in route and not route.startswith("GET ") and not any(known.fullmatch(route) for known in tried):
            wanted = re.compile(re.sub(r"\{\w+\}", "[^/]+", route))
            assert any(wanted.fullmatch(one) for one in asked), f"{route} is not among the matrix's objects"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_route_opens_to_those_it_is_meant_for_and_to_nobody_else(
    app: FastAPI, settings: Settings, database: Database
) -> None:
    everybody, wrong = await callers(database, settings), []
    async with _client(app, settings) as http:
        for route, need in sorted(_NEEDS.items()):
            method, path = route.split(" ", 1)
            filled = re.sub(r"\{\w+\}", "x", path)
            for caller in everybody:
                if caller.forged and method == "GET":
                    continue  # reading is nobody's forgery
                if method == "WS" and need in caller.kinds and caller.headers["Origin"] == settings.base_url:
                    continue  # open as long as the session lives: test_desk_sockets, test_console and tests/acceptance
                if method == "WS":
                    code = await _socket(app, filled, {"Origin": settings.base_url} | caller.headers)
                    found = {4401: 401, 4403: 403}.get(code, code), ""
                elif need == "citizen" and need in caller.kinds:
                    continue  # its own conversation: tests of the web API; others' cannot be named
                else:
                    answer = await http.request(method, filled, headers=caller.headers)
                    found = answer.status_code, _code(answer)
                if not _expected(method, need, caller, *found):
                    wrong.append(f"{route} answers {found} to: {caller.name}")
    assert wrong == []


def _expected(method: str, need: str, caller: Caller, status: int, code: str) -> bool:
    unsafe = method not in ("GET", "WS")
    if need == "simulator":
        return status == 404
    if caller.forged and (unsafe or method == "WS") and (caller.staff or need in caller.kinds):
        # For a route that the desk's sessions do not open, the form is nobody's question.
        desk = need in rights() | {"signed_in", "between", "setting_up"}
        if desk and not (need == "between" and caller.staff):
            return status == 403 and (method == "WS" or code == OPEN_FORM)
    if need in caller.kinds:
        return status not in (401, 403) and (status < 500 or need == "operations")  # not ready is an answer, too
    if need in rights() and caller.staff:
        return status == 403 and (method == "WS" or code == NO_RIGHT)
    return status in (401, 403)


def _code(answer: httpx.Response) -> str:
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    return str(answer.json()["code"])


async def _socket(app: FastAPI, path: str, headers: dict[str, str]) -> int:
    """The code with which a socket is closed before anything was said; fails where it stays open."""
    sent: list[Message] = []
    news = iter([{"type": "websocket.connect"}])

    async def receive() -> Message:
        message = next(news, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "127.0.0.1", **headers}.items()]
    scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw, "scheme": "ws"}
    await asyncio.wait_for(app(scope | {"client": _ELSEWHERE, "subprotocols": [], "root_path": ""}, receive, send), 10)
    return int(sent[-1]["code"])


async def test_nobody_changes_what_belongs_to_another_collection(app: FastAPI, settings: Settings, database: Database) -> None:
    await _entry(database)
    theirs = await make_staff(database, Role.PUBLISHER, email="theirs@mairie.example", collections=["theirs"])
    ours = await make_staff(database, Role.PUBLISHER, email="ours@mairie.example", collections=["ours"])
    wrong = []
    async with _client(app, settings) as http:
        # Whose it is comes second: what they may, nobody else has used up.
        for staff, may in ((theirs, False), (ours, True)):
            headers = await sign_in(database, settings, staff)
            for item in _TABLE["objects"]:
                status = (await _asked(http, item, headers)).status_code
                # 404, 409, 422: allowed, and then about the thing itself.
                if (status == 403) is may or status >= 500:
                    wrong.append(f"{item['route']} answers {status} to {staff.email}")
    assert wrong == []


async def test_nobody_moves_a_conversation_that_another_holds(app: FastAPI, settings: Settings, database: Database) -> None:
    holder = await make_staff(database, Role.SUPERVISOR, email="holder@mairie.example")
    other = await make_staff(database, Role.SUPERVISOR, email="other@mairie.example", teams=["sud"])
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        session.add(Team(name="sud"))
        session.add(SavedReply(id="r1", shortcut="bonjour", language="fr", text="Bonjour", author=holder.id))
        row = {"id": "h1", "conversation_id": conversation.id, "kind": "chat", "state": "claimed", "reason": "asked"}
        session.add(Handoff(**row, owner=holder.id, fencing=1))
    async with _client(app, settings) as http:
        headers = await sign_in(database, settings, other)
        for item in _TABLE["held"]:
            assert (await _asked(http, item, headers)).status_code == 409, item["route"]
        assert (await http.delete("/api/desk/console/replies/r1", headers=headers)).status_code == 403
        mine = await sign_in(database, settings, holder)
        assert (await _asked(http, _TABLE["held"][1], mine)).status_code == 201


async def _asked(http: httpx.AsyncClient, item: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    method, path = item["route"].split(" ", 1)
    files = {"file": (item["file"], b"id;title\n1;Essai\n", "text/csv")} if "file" in item else None
    return await http.request(method, path, headers=headers, data=item.get("form"), json=item.get("json"), files=files)


async def _entry(database: Database) -> None:
    """The entry ``ours/F1`` with a draft, an open conflict, an import of its collection, and a subject of demand."""
    entry = Entry(id="F1", collection="ours", locale="fr", title="Carte d'identité")
    await saving.save(database, entry, started_from=0, author="test", reason="")
    async with database.write() as session:
        row = await session.get_one(EntryRow, ("ours", "F1"))
        session.add(Conflict(collection="ours", entry_id="F1", local=row.head, parts=[], proposal=row.content))
        session.add(DemandCluster(name="cartes", terms=["carte"], model="m", centroid=b""))
        plan = {"file": "faq.csv", "collection": "ours", "mapping": {}, "partial": False}
        session.add(ImportTask(id="t1", state="previewed", plan=plan, author="test"))
