"""Role × team × route × object for conversations, against ``conversations.yml``, for every caller."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI

from cli.gateway import create
from conversations.record.opening import open_conversation
from core.audit.queries import newest
from core.database import Database
from core.database.base import now
from core.database.models import Handoff, Message, Reply, ReviewItem, Team
from core.handoff import State
from core.identity import Right, Role, Staff
from core.identity.rights import RIGHTS
from core.settings import Settings
from core.turns import Origin
from supervision.handoffs.notes import add_label, write_note
from tests.desk_support import make_staff, sign_in
from tests.integration.access.callers import rights
from tests.integration.channels_support import settings_for
from tests.integration.databases import postgresql_when_long
from tests.integration.test_channels_gateway import all_routes

_HERE = Path(__file__).parent
_TABLE: dict[str, Any] = yaml.safe_load((_HERE / "conversations.yml").read_text())
_NEEDS: dict[str, list[str]] = yaml.safe_load((_HERE / "matrix.yml").read_text())
_OBJECTS = ("ours", "ended", "nobodys", "bot", "danger", "held")
_TEAMS = ("ours", "theirs", "none")
_NUMBERS = count(1)
_CALLERS = list(product(Role, _TEAMS))


@dataclass(frozen=True)
class Object:
    """A conversation of the kind ``name``. ``secret`` stands in all that was said in it and written about it."""

    name: str
    conversation: str
    handoff: str
    item: int
    secret: str

    def fill(self, path: str) -> str:
        return path.format(identifier=self.handoff, conversation=self.conversation, item=self.item)


@pytest.fixture
async def http(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url, timeout=30) as client:
        yield client


async def _caller(database: Database, role: Role, team: str) -> Staff:
    """Who asks, in a service whose two teams have members."""
    async with database.write() as session:
        session.add_all([Team(name="ours"), Team(name="theirs")])
    for name in ("ours", "theirs"):
        await make_staff(database, Role.SUPERVISOR, email=f"colleague-{name}@mairie.example", teams=[name])
    return await make_staff(database, role, email="caller@mairie.example", teams=[] if team == "none" else [team])


async def _make(database: Database, name: str, caller: Staff) -> Object:
    key = f"{name}{next(_NUMBERS)}x"
    secret = f"canari{key}"
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        bot = name == "bot"  # a question to the bot is shown by itself to those who improve pages: what it said is not
        said = {"external_id": key, "dedup": key, "text": "question" if bot else secret, "outcome": "human"}
        session.add(Message(id=key, conversation_id=conversation.id, **said))
        await session.flush()
        outcome, blocks = "answered" if bot else "human", [{"type": "text", "text": secret}]
        session.add(Reply(id=key, conversation_id=conversation.id, in_reply_to=key, outcome=outcome, blocks=blocks))
        write_note(session, conversation.id, "x", secret)
        await add_label(session, conversation.id, "x", secret)
        await session.flush()
        item = ReviewItem(day=now().date(), reply_id=key, stratum="s")
        session.add(item)
        if not bot:
            other: dict[str, dict[str, Any]] = {
                "ended": {"state": State.CLOSED, "owner": "x", "closed_at": now()},
                "nobodys": {"team": ""},
                "danger": {"alert": True},
                "held": {"state": State.CLAIMED, "owner": caller.id, "fencing": 1},
            }
            row = {"kind": "chat", "state": State.WAITING, "team": "ours", "reason": "asked", "alert": False}
            row |= other.get(name, {})
            session.add(Handoff(id=key, conversation_id=conversation.id, subject=secret, waiting_since=now(), **row))
        await session.flush()
        return Object(name, conversation.id, "" if bot else key, item.seq, secret)


def _routes(home: Path) -> set[str]:
    return all_routes(create(settings_for(f"sqlite+aiosqlite:///{home / 'guichet.db'}", "redis://127.0.0.1:1/0", home)))


def test_matrix_names_every_route_of_those_who_answer_or_read_figures(tmp_path: Path) -> None:
    listed = [*(item["route"] for item in _TABLE["opened"]), *_TABLE["lists"], *_TABLE["apart"]]
    assert sorted(listed) == sorted(set(listed))
    about = {*_NEEDS[Right.HANDLE_CONVERSATIONS], *_NEEDS[Right.READ_INSIGHTS]}
    named = {route for route in _routes(tmp_path) if "/desk" in route and re.search("conversation|handoff|transcript", route)}
    assert set(listed) == about | named


@postgresql_when_long
@pytest.mark.parametrize(("role", "team"), _CALLERS)
async def test_route_about_a_conversation_opens_to_whose_it_is_and_each_denial_is_audited(
    http: httpx.AsyncClient, settings: Settings, database: Database, role: Role, team: str
) -> None:
    caller = await _caller(database, role, team)
    headers = await sign_in(database, settings, caller)
    wrong, denials = [], 0
    for name, may in _TABLE["access"][role][team].items():
        one = await _make(database, name, caller)
        for item in _TABLE["opened"]:
            if not one.handoff and "{identifier}" in item["route"]:
                continue
            if may == "open":
                one = await _make(database, name, caller)  # what the last move changed is not of this one
            answer = await _asked(http, one, item, headers)
            shown = one.secret in answer.text
            reason = item.get("for_a_reason") if may == "reason" else None
            denied = may != "open" and reason is None
            denials += denied
            fine = answer.status_code == 403 and not shown if denied else answer.status_code not in (401, 403, 500)
            if reason:
                fine = answer.status_code == 200 and shown is (reason == "shown")
            if not fine:
                wrong.append(f"{item['route']} answers {answer.status_code} about {name} ({may}), shown: {shown}")
    assert wrong == []
    rows = await newest(database, limit=1000, actor=caller.id, action="conversation.denied")
    assert len(rows) == denials


async def _asked(http: httpx.AsyncClient, one: Object, item: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    method, path = item["route"].split(" ", 1)
    query = f"?{item['query']}" if "query" in item else ""
    return await http.request(method, one.fill(path) + query, headers=headers, json=item.get("json"), data=item.get("form"))


@pytest.mark.parametrize(
    ("database_url", "role", "team"),
    [
        ("sqlite", Role.READER, "none"),
        ("sqlite", Role.PUBLISHER, "ours"),
        ("sqlite", Role.SUPERVISOR, "theirs"),
        ("sqlite", Role.SUPERVISOR, "none"),
        ("sqlite", Role.ADMINISTRATOR, "theirs"),
        ("sqlite", Role.ADMINISTRATOR, "none"),
        ("postgresql", Role.SUPERVISOR, "theirs"),
    ],
    indirect=["database_url"],
)
async def test_no_page_shows_what_was_said_in_a_conversation_of_others(
    http: httpx.AsyncClient, settings: Settings, database: Database, role: Role, team: str
) -> None:
    """Every GET route of the desks, also those that nobody thought of: names in it are filled with what there is."""
    caller = await _caller(database, role, team)
    headers = await sign_in(database, settings, caller)
    objects = [await _make(database, name, caller) for name in _OBJECTS]
    hidden = [one for one in objects if _TABLE["access"][role][team][one.name] != "open"]
    kinds = {*map(str, RIGHTS[role]), "signed_in"} & {*rights(), "signed_in"}
    mine = [route for kind in sorted(kinds) for route in _NEEDS.get(kind, ()) if route.startswith("GET ")]
    leaks = []
    for path in (one for route in mine for one in _paths(route.removeprefix("GET "), hidden)):
        answer = await http.get(path, headers=headers)
        leaks += [f"{path} shows {one.name}" for one in hidden if one.secret in answer.text]
        if role is not Role.ADMINISTRATOR:  # who may ask for it by its id, and give a reason
            named = [one for one in hidden if one.conversation in answer.text and one.conversation not in path]
            leaks += [f"{path} names {one.name}" for one in named]
    assert leaks == []


def _paths(route: str, objects: list[Object]) -> Iterator[str]:
    """``route`` with each of its names replaced by each id of ``objects``."""
    if "{" not in route:
        yield route
        return
    for one in objects:
        for value in (one.conversation, one.handoff, str(one.item)):
            yield re.sub(r"\{\w+\}", value or "x", route)


async def test_lists_show_what_is_theirs(http: httpx.AsyncClient, settings: Settings, database: Database) -> None:
    caller = await _caller(database, Role.SUPERVISOR, "ours")
    headers = await sign_in(database, settings, caller)
    objects = {name: await _make(database, name, caller) for name in _OBJECTS}
    there = (await http.get("/api/desk/console/handoffs", headers=headers)).text
    assert all(objects[name].secret in there for name in ("ours", "nobodys", "danger", "held"))
    assert objects["ended"].secret in (await http.get("/api/desk/console/handoffs/ended", headers=headers)).text
    labels = (await http.get("/api/desk/console/labels", headers=headers)).text
    assert all(objects[name].secret in labels for name in ("ours", "ended", "nobodys"))
