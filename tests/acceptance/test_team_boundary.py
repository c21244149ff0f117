"""A team's conversation is read and acted upon by its team only; others get nothing by its id, and each try is audited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import websockets
from sqlalchemy import func, select, update

from conversations.record.opening import open_conversation
from conversations.signals.event_bus import EventBus
from core.audit.queries import newest, verify
from core.database import Database
from core.database.base import now
from core.database.models import Handoff, Message, Reply, Team
from core.handoff import State
from core.identity import Role, Staff
from core.settings import Settings
from core.turns import Origin
from supervision.handoffs.notes import add_label, write_note
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet
from tests.waiting import until

_CONSOLE = "/api/desk/console"
_SECRET = "Zorglub"  # stands in every text of the other team's conversation
_MOVES: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "", None),
    ("POST", "/claim", None),
    ("POST", "/reply", {"fencing": 0, "text": "Bonjour"}),
    ("POST", "/approve", {"fencing": 0, "answer": "a1"}),
    ("POST", "/refuse", {"fencing": 0, "answer": "a1"}),
    ("POST", "/release", {"fencing": 0}),
    ("POST", "/transfer", {"fencing": 0, "to": "team:urbanisme", "note": "à nous"}),
    ("POST", "/close", {"fencing": 0}),
    ("POST", "/read", None),
    ("POST", "/notes", {"text": "vu"}),
    ("POST", "/labels", {"text": "vu"}),
    ("DELETE", "/labels?text=vu", None),
)


@dataclass
class Town:
    """A service with two teams, and a conversation that waits for the team ``social``."""

    service: Guichet
    settings: Settings
    database: Database
    conversation: str
    handoff: str

    async def somebody(self, role: Role, *teams: str) -> tuple[Staff, dict[str, str]]:
        staff = await make_staff(self.database, role, email=f"{role}-{'-'.join(teams)}@mairie.example", teams=list(teams))
        return staff, await sign_in(self.database, self.settings, staff)

    async def ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        return await self.service.http.request(method, path, headers=headers, **more)

    async def audited(self, action: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Who, what and how, the first act first."""
        rows = await newest(self.database, limit=500, action=action)
        return [(row.actor, row.target, json.loads(row.details)) for row in reversed(rows)]


@pytest.fixture
async def town(settings: Settings, database: Database) -> AsyncIterator[Town]:
    async with database.write() as session:
        session.add_all([Team(name="social"), Team(name="urbanisme")])
    conversation = await _conversation(database, "social", "handoffsocial")
    async with guichet(settings) as service:
        yield Town(service, settings, database, conversation, "handoffsocial")


async def _conversation(database: Database, team: str, handoff: str, **more: Any) -> str:
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        key = handoff[:20]
        said = {"external_id": key, "dedup": key, "text": f"{_SECRET} {team}", "outcome": "human"}
        session.add(Message(id=key, conversation_id=conversation.id, **said))
        await session.flush()
        blocks = [{"type": "text", "text": f"Réponse {_SECRET}"}]
        session.add(Reply(id=key, conversation_id=conversation.id, in_reply_to=key, outcome="human", blocks=blocks))
        write_note(session, conversation.id, "x", f"Note {_SECRET}")
        await add_label(session, conversation.id, "x", _SECRET)
        row = {"kind": "chat", "state": State.WAITING, "reason": "asked", "alert": False, "waiting_since": now()} | more
        session.add(Handoff(id=handoff, conversation_id=conversation.id, team=team, subject=f"Sujet {_SECRET}", **row))
    return conversation.id


async def test_supervisor_of_another_team_gets_nothing_by_id_and_each_try_is_audited(town: Town) -> None:
    await town.somebody(Role.SUPERVISOR, "social")
    bruno, headers = await town.somebody(Role.SUPERVISOR, "urbanisme")
    async with town.database.read() as session:
        before = await session.scalar(select(func.count()).select_from(Reply))
    for method, rest, body in _MOVES:
        answer = await town.ask(method, f"{_CONSOLE}/handoffs/{town.handoff}{rest}", headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "desk.desk_other_team"), rest
        assert _SECRET not in answer.text
    transcript = await town.ask("GET", f"/desk/insights/conversations/{town.conversation}", headers)
    assert (transcript.status_code, _SECRET in transcript.text) == (403, False)
    async with town.database.read() as session:
        row = (await session.execute(select(Handoff))).scalar_one()
        after = await session.scalar(select(func.count()).select_from(Reply))
    assert (row.state, row.owner, row.team, after) == (State.WAITING, None, "social", before)
    denied = await town.audited("conversation.denied")
    assert {(who, what) for who, what, _ in denied} == {(bruno.id, f"conversation:{town.conversation}")}
    acts = ["read", "claim", "reply", "approve", "refuse", "release", "transfer", "close", "read", "notes", "labels", "labels"]
    assert [how["act"] for _, _, how in denied] == [*acts, "read"]
    assert await town.audited("conversation.read") == []
    assert (await verify(town.database)).broken is None


async def test_no_list_shows_another_teams_conversation(town: Town) -> None:
    await town.somebody(Role.SUPERVISOR, "social")
    await _conversation(town.database, "social", "endedsocial", state=State.CLOSED, owner="x", closed_at=now())
    _, headers = await town.somebody(Role.SUPERVISOR, "urbanisme")
    lists = ("/handoffs", "/handoffs/ended", f"/handoffs/ended?words={_SECRET}", "/labels")
    for path in (*(_CONSOLE + one for one in lists), "/desk/conversations", "/desk/insights/turns", "/desk/review"):
        answer = await town.ask("GET", path, headers)
        assert answer.status_code == 200, path
        assert _SECRET.lower() not in answer.text.lower(), path
        assert town.conversation not in answer.text, path


async def test_the_line_of_a_console_is_silent_about_another_team(town: Town) -> None:
    await town.somebody(Role.SUPERVISOR, "social")
    bruno, headers = await town.somebody(Role.SUPERVISOR, "urbanisme")
    ours = await _conversation(town.database, "urbanisme", "handoffours")
    address = f"ws://127.0.0.1:{town.settings.port}{_CONSOLE}/socket"
    event_bus = EventBus(town.settings.redis_address)
    cookie = {"Cookie": headers["Cookie"]}
    async with websockets.connect(address, additional_headers=cookie, origin=headers["Origin"]) as socket:  # type: ignore[arg-type]
        first = json.loads(await socket.recv())
        assert [row["id"] for row in first["rows"]] == ["handoffours"]
        await socket.send(json.dumps({"type": "typing", "conversation": town.conversation}))
        await socket.send(json.dumps({"type": "watch", "conversations": [town.conversation, ours]}))
        seen: list[dict[str, Any]] = []
        while not any(frame["type"] == "news" for frame in seen):
            await event_bus.notify(town.conversation, "citizen")
            await event_bus.notify(ours, "citizen")
            with suppress(TimeoutError):  # told before it watched: told again
                async with asyncio.timeout(0.3):
                    seen.append(json.loads(await socket.recv()))
        async with town.database.write() as session:
            await session.execute(update(Handoff).where(Handoff.id == "handoffours").values(team="social"))
        await event_bus.notify(ours, "reply")
        while not any("handoffours" in frame.get("gone", ()) for frame in seen):
            seen.append(json.loads(await socket.recv()))
    await event_bus.close()
    assert _SECRET not in json.dumps([frame for frame in seen if frame.get("conversation") != ours])
    assert town.conversation not in json.dumps(seen)
    denied = await town.audited("conversation.denied")
    assert [(who, how["act"]) for who, _, how in denied] == [(bruno.id, "typing"), (bruno.id, "watch")]


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.PUBLISHER])
async def test_those_who_answer_no_citizens_open_no_transcript(town: Town, role: Role) -> None:
    staff, headers = await town.somebody(role)
    path = f"/desk/insights/conversations/{town.conversation}"
    for method in ("GET", "POST"):
        answer = await town.ask(method, path, headers, data={"reason": "par curiosité, vraiment"} if method == "POST" else None)
        assert (answer.status_code, _SECRET in answer.text) == (403, False)
    handoff = await town.ask("GET", f"{_CONSOLE}/handoffs/{town.handoff}", headers)
    assert handoff.status_code == 403
    turns = (await town.ask("GET", "/desk/insights/turns", headers)).text
    assert _SECRET not in turns
    assert town.conversation not in turns
    assert [who for who, _, _ in await town.audited("conversation.denied")] == [staff.id] * 3


async def test_administrator_reads_for_a_written_reason_only(town: Town) -> None:
    await town.somebody(Role.SUPERVISOR, "social")
    chef, headers = await town.somebody(Role.ADMINISTRATOR)
    assert (await town.ask("GET", f"{_CONSOLE}/handoffs/{town.handoff}", headers)).status_code == 403
    path = f"/desk/insights/conversations/{town.conversation}"
    asked = await town.ask("GET", path, headers)
    assert (asked.status_code, _SECRET in asked.text, 'name="reason"' in asked.text) == (200, False, True)
    short = await town.ask("POST", path, headers, data={"reason": " x "})
    assert (short.status_code, _SECRET in short.text) == (422, False)
    assert await town.audited("conversation.read") == []
    reason = "Réclamation no 12 du citoyen"
    shown = await town.ask("POST", path, headers, data={"reason": reason})
    assert (shown.status_code, _SECRET in shown.text) == (200, True)
    assert await town.audited("conversation.read") == [(chef.id, f"conversation:{town.conversation}", {"reason": reason})]


async def test_view_claim_reply_and_handing_over_are_audited_once_each(town: Town) -> None:
    amina, social = await town.somebody(Role.SUPERVISOR, "social")
    bruno, urbanisme = await town.somebody(Role.SUPERVISOR, "urbanisme")
    path, this = f"{_CONSOLE}/handoffs/{town.handoff}", f"handoff:{town.handoff}"
    for _ in range(3):  # as the page does, whenever something moves
        assert _SECRET in (await town.ask("GET", path, social)).text
    for _ in range(2):
        assert (await town.ask("POST", f"{path}/claim", social)).status_code == 200
    said = {"fencing": 1, "text": "Bonjour", "reply": "1" * 32}
    for _ in range(2):
        assert (await town.ask("POST", f"{path}/reply", social, json=said)).status_code == 201
    over = {"fencing": 1, "to": "team:urbanisme", "note": "à vous"}
    assert (await town.ask("POST", f"{path}/transfer", social, json=over)).status_code == 200
    assert (await town.ask("GET", path, social)).status_code == 403
    assert (await town.ask("GET", path, urbanisme)).status_code == 200
    conversation = {"conversation": town.conversation}
    assert await town.audited("handoff.") == [
        (amina.id, this, conversation),
        (amina.id, this, conversation | {"reply": "1" * 32}),
        (amina.id, this, conversation | {"to": "team:urbanisme"}),
    ]
    assert [row[0] for row in await town.audited("conversation.read")] == [amina.id, bruno.id]
    assert (await verify(town.database)).broken is None


async def test_a_team_that_nobody_is_in_holds_nothing_back(town: Town) -> None:
    _, headers = await town.somebody(Role.SUPERVISOR, "urbanisme")

    async def shown() -> bool:
        return (await town.ask("GET", f"{_CONSOLE}/handoffs/{town.handoff}", headers)).status_code == 200

    assert await until(shown)
