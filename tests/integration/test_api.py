"""``/api/v1`` over a running gateway and worker: what each token gets, and what it does not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import ApiToken, AuditRow, Conversation, EntryRow, Handoff, Message
from core.entry import Entry
from core.identity import Role
from core.settings import Settings
from integrators import tokens
from integrators.api.pagination import cursor_of
from integrators.tokens import Scope
from tests.desk_support import found_on, make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.waiting import until


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Any) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_provider="")


async def _token(database: Database, scopes: Sequence[Scope], **changes: Any) -> str:
    values: dict[str, Any] = {"name": "borne", "scopes": scopes, "per_minute": 1000, "days": 1, "test": False} | changes
    async with database.write() as session:
        return (await tokens.create(session, **values, actor="test"))[1]


def _bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | more


async def _ask(service: Guichet, token: str, key: str = "", **question: Any) -> httpx.Response:
    headers = _bearer(token) | ({"Idempotency-Key": key} if key else {})
    return await service.http.post("/api/v1/ask", json=question, headers=headers)


async def test_ask_gets_the_widgets_reply_and_goes_on(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ASK])
    other = await _token(database, [Scope.ASK])
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("carte perdue")
        (shown,) = await citizen.answered(1)
        first = (await _ask(service, token, text="carte perdue")).json()
        varying = {"seq", "id", "in_reply_to", "ms", "at"}
        assert {k: v for k, v in first["reply"].items() if k not in varying} == {
            k: v for k, v in shown.items() if k not in varying
        }
        # It goes on, also by a button; another token, and the widget's own API, do not know the conversation.
        choices = (await _ask(service, token, text="choix", conversation=first["conversation"])).json()
        payload = choices["reply"]["blocks"][0]["options"][1]["payload"]
        chosen = await _ask(service, token, payload=payload, conversation=choices["conversation"])
        assert chosen.json()["reply"]["outcome"] == "answered"
        assert service.rasa.handled[-1][1] == '/choose{"entry": "B"}'
        assert len({conversation for conversation, _ in service.rasa.handled[1:]}) == 1
        refused = await _ask(service, other, text="x", conversation=first["conversation"])
        assert (refused.status_code, refused.json()["code"]) == (404, "integrators.conversation_unknown")
        assert (await service.http.get("/api/web/history", headers=_bearer(first["conversation"]))).status_code == 401
        replies = await service.http.get(
            "/api/v1/replies",
            params={"after": first["reply"]["seq"]},
            headers=_bearer(token) | {"Guichet-Conversation": first["conversation"]},
        )
        assert [one["outcome"] for one in replies.json()["data"]] == ["choices", "answered"]
        gone = await service.http.delete(
            "/api/v1/conversation", headers=_bearer(token) | {"Guichet-Conversation": first["conversation"]}
        )
        assert (gone.status_code, bool(gone.headers["Guichet-Receipt"])) == (204, True)
        assert (await _ask(service, token, text="x", conversation=first["conversation"])).status_code == 404


async def test_conversation_of_a_program_is_no_conversation_of_a_page(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ASK])
    everywhere = settings.model_copy(update={"widget_sites": "*"})
    async with guichet(everywhere) as service, working(everywhere):
        conversation = (await _ask(service, token, text="carte perdue")).json()["conversation"]
        async with database.read() as session:
            row = (await session.scalars(select(ApiToken))).one()
        pretended = {"Origin": f"api:{row.id}"}
        history = await service.http.get("/api/web/history", headers=_bearer(conversation) | pretended)
        assert history.status_code == 401
        assert (await service.http.post("/api/web/conversations", json={}, headers=pretended)).status_code == 403
        elsewhere = {"Origin": "https://mairie.example"}
        assert (await service.http.post("/api/web/conversations", json={}, headers=elsewhere)).status_code == 201


async def test_ask_with_a_key_is_asked_once(settings: Settings, database: Database) -> None:
    token, other = await _token(database, [Scope.ASK]), await _token(database, [Scope.ASK])
    async with guichet(settings) as service, working(settings):
        first = await _ask(service, token, "k1", text="carte perdue")
        again = await _ask(service, token, "k1", text="carte perdue")
        assert again.json()["reply"] == first.json()["reply"]
        assert len(service.rasa.handled) == 1
        reused = await _ask(service, token, "k1", text="autre chose")
        assert (reused.status_code, reused.json()["code"]) == (409, "integrators.key_reused")
        both = await asyncio.gather(*(_ask(service, token, "k2", text="acte de naissance") for _ in range(2)))
        assert both[0].json()["reply"] == both[1].json()["reply"]
        assert len(service.rasa.handled) == 2
        theirs = await _ask(service, other, "k1", text="carte perdue")
        assert theirs.json()["reply"]["id"] != first.json()["reply"]["id"]
        assert (await _ask(service, token, "not a key", text="x")).status_code == 422
    async with database.read() as session:
        assert len((await session.scalars(select(Conversation))).all()) == 3


async def test_ask_masks_and_sees_danger(settings: Settings, database: Database) -> None:
    token, trial = await _token(database, [Scope.ASK]), await _token(database, [Scope.ASK], test=True)
    async with guichet(settings) as service, working(settings):
        await _ask(service, trial, text="mon numéro est le 06 39 98 12 34, carte perdue")
        danger = (await _ask(service, token, text="je vais me suicider")).json()["reply"]
    assert danger["outcome"] == "crisis"
    assert "3114" in danger["text"]
    async with database.read() as session:
        texts = (await session.scalars(select(Message.text).order_by(Message.seq))).all()
        origins = (await session.scalars(select(Conversation.origin).order_by(Conversation.created_at))).all()
    assert "39 98" not in str(texts[0])
    assert origins == ["test", "citizen"]


async def test_reply_that_is_late_is_given_by_the_same_key(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ASK])
    hurried = settings.model_copy(update={"web_turn_seconds": 0.5})
    async with guichet(hurried) as service:
        late = await _ask(service, token, "k1", text="carte perdue")  # no worker runs yet
        assert (late.status_code, late.json()["code"]) == (503, "integrators.reply_late")
        assert late.headers["Retry-After"]
        async with working(settings):
            found = await until(lambda: _answered(service, token))
    assert found["reply"]["outcome"] in ("answered", "fallback")


async def _answered(service: Guichet, token: str) -> Any:
    answer = await _ask(service, token, "k1", text="carte perdue")
    return answer.json() if answer.status_code == 200 else None


async def test_tokens_open_what_their_scopes_say_until_they_end(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ENTRIES], per_minute=5)
    async with guichet(settings) as service:

        async def status(path: str = "/api/v1/entries") -> tuple[int, str]:
            answer = await service.http.get(path, headers=_bearer(token))
            return answer.status_code, answer.json().get("code", "")

        assert await status() == (200, "")
        assert await status("/api/v1/figures") == (403, "integrators.scope_missing")
        codes = [await status() for _ in range(6)]
        assert (429, "integrators.too_many") in codes
        async with database.read() as session:
            row = (await session.scalars(select(ApiToken))).one()
        assert row.used_at is not None
        for ended in ({"expires_at": now() - timedelta(seconds=1)}, {"expires_at": now() + timedelta(1), "revoked_at": now()}):
            async with database.write() as session:
                await session.execute(update(ApiToken).values(**ended))
            assert await status() == (401, "integrators.token_unknown")
        assert (await service.http.get("/api/v1/entries")).status_code == 401


async def test_entries_come_in_pages_and_whole(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ENTRIES])
    async with database.write() as session:
        for number in range(5):
            status = "draft" if number == 4 else "published"
            entry = Entry(id=f"F{number}", collection="c", locale="fr", title=f"Fiche {number}", source="Exemple")
            content = entry.model_dump(mode="json")
            values = {"collection": "c", "id": entry.id, "locale": "fr", "title": entry.title, "content": content}
            session.add(EntryRow(**values, version=2, digest="d", status=status))
    async with guichet(settings) as service:

        async def get(path: str, **parameters: Any) -> httpx.Response:
            return await service.http.get(f"/api/v1{path}", params=parameters, headers=_bearer(token))

        found, cursor = [], ""
        for _ in range(5):
            page = (await get("/entries", limit=2, cursor=cursor)).json()
            found += [one["id"] for one in page["data"]]
            if not (cursor := page["next"]):
                break
        assert found == ["F0", "F1", "F2", "F3"]
        one = (await get("/entries/F2")).json()
        assert (one["version"], one["entry"]["title"]) == (2, "Fiche 2")
        assert [(await get(f"/entries/{name}")).status_code for name in ("F4", "F9")] == [404, 404]
        assert (await get("/entries/F2", collection="x")).json()["code"] == "integrators.entry_unknown"
        assert (await get("/entries", cursor="x")).json()["code"] == "integrators.cursor_unknown"
        assert (await get("/entries", limit=101)).status_code == 422
        assert (await get("/entries", collection="c\x00")).json()["code"] == "bad_request"
        assert (await get("/entries/F2", collection="c\x00")).json()["code"] == "bad_request"
        for place in (("c", "F\x00"), ("c\x00", "F1")):
            refused = await get("/entries", cursor=cursor_of(*place))
            assert (refused.status_code, refused.json()["code"]) == (422, "integrators.cursor_unknown")


async def test_handoffs_hold_nothing_of_the_citizen(settings: Settings, database: Database) -> None:
    token = await _token(database, [Scope.ASK, Scope.HANDOFFS, Scope.FIGURES])
    async with guichet(settings) as service, working(settings):
        for text in ("j'ai perdu mon chat", "humain", "humain"):
            await _ask(service, token, text=text)
        first = (await service.http.get("/api/v1/handoffs", params={"limit": 1}, headers=_bearer(token))).json()
        cursor = {"cursor": first["next"], "open": "true"}
        second = (await service.http.get("/api/v1/handoffs", params=cursor, headers=_bearer(token))).json()
        async with database.read() as session:
            rows = (await session.scalars(select(Handoff).order_by(Handoff.seq.desc()))).all()
        assert [one["id"] for one in (*first["data"], *second["data"])] == [row.id for row in rows]
        assert second["next"] is None
        for place in (2**63, -1):
            cursor = {"cursor": cursor_of(place)}
            refused = await service.http.get("/api/v1/handoffs", params=cursor, headers=_bearer(token))
            assert (refused.status_code, refused.json()["code"]) == (422, "integrators.cursor_unknown")
        assert set(first["data"][0]).isdisjoint({"subject", "best_time", "number", "owner", "conversation"})
        figures = await service.http.get("/api/v1/figures", headers=_bearer(token))
        assert figures.json() == {"data": [], "next": None}


async def test_administrator_makes_and_revokes_a_token(settings: Settings, database: Database) -> None:
    headers = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR)) | {"Accept": "text/html"}
    page = "/desk/integrators"
    async with guichet(settings) as service:
        service.http.headers.update(headers)
        assert (await service.http.post(page, data={"name": "Borne"})).status_code == 422
        form = {"name": "Borne", "scopes": ["entries:read"], "days": "30", "per_minute": "10"}
        made = await service.http.post(page, data=form)
        token = found_on(r'id="token">(guichet_[\w-]+)<', made.text)
        listed = await service.http.get(page)
        assert "Borne" in listed.text
        assert token not in listed.text
        bearer = _bearer(token)
        assert (await service.http.get("/api/v1/entries", headers=bearer)).status_code == 200
        identifier = found_on(rf"{page}/(\w+)/revoke", listed.text)
        assert (await service.http.post(f"{page}/{identifier}/revoke")).status_code == 303
        assert (await service.http.get("/api/v1/entries", headers=bearer)).status_code == 401
        assert (await service.http.post(f"{page}/{identifier}/revoke")).status_code == 404
        described = await service.http.get(f"{page}/api")
        assert re.findall(r"<h2><code>(\S+ \S+)</code>", described.text)[0] == "POST /api/v1/ask"
        document = (await service.http.get(f"{page}/api.json")).json()
        assert {path.split("/")[2] for path in document["paths"]} == {"v1"}
    async with database.read() as session:
        audited = await session.scalars(select(AuditRow.action).where(AuditRow.target == f"api_token:{identifier}"))
        assert list(audited) == ["api_token.created", "api_token.revoked"]
        stored = (await session.scalars(select(ApiToken))).one()
        assert token not in repr(vars(stored))
