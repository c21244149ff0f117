"""Webhooks from the event in the record to a real receiver: signed, tried again, given up with an alert, and logged."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import select, update

from cli.gateway import create
from conversations.record.opening import open_conversation
from conversations.record.retention import apply_retention
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Correction, Handoff, Publication, Reply, Webhook, WebhookDelivery
from core.identity import Role
from core.identity.vault import Vault
from core.settings import Settings
from core.turns import Origin
from integrators import desk as integrators
from integrators.webhooks import addresses, sending
from integrators.webhooks.events import OFFERED, Event
from integrators.webhooks.sending import PAUSES, Sender
from tests.desk_support import found_on, make_staff, sign_in
from tests.integration.channels_support import served, settings_for
from tests.integration.servers import free_port


@dataclass
class Receiver:
    """Another program. ``got``: the headers and the body of each request. It answers with ``status``, 500 to ``refused``."""

    port: int = field(default_factory=free_port)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    refused: str = ""
    seconds: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/events")
        async def take(request: Request) -> Response:
            self.got.append((dict(request.headers), await request.body()))
            await asyncio.sleep(self.seconds)
            status = 500 if orjson.loads(self.got[-1][1])["type"] == self.refused else self.status
            return Response(status_code=status, headers={"Location": "/elsewhere"})

        return app


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with served(receiver.app(), receiver.port):
        yield receiver


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_provider="", webhook_networks="127.0.0.0/8")


async def _webhook(database: Database, settings: Settings, url: str, *events: Event) -> tuple[str, str]:
    async with database.write() as session:
        vault = Vault(*settings.secret_keys)
        row, secret = await addresses.create(session, vault, url=url, events=events or OFFERED, actor="test")
        return row.id, secret


async def _happen(database: Database, origin: Origin = Origin.CITIZEN) -> None:
    """A handoff, a call-back, a correction and a publication, with words of a citizen in them."""
    mark = "-c" if origin == Origin.CITIZEN else "-t"
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=origin)
        await session.flush()
        for kind in ("chat", "call_back"):
            values = {"kind": kind, "state": "waiting", "reason": "asked", "subject": "mon divorce", "best_time": "lundi"}
            named = f"{kind}-{mark}"
            session.add(Handoff(id=named, conversation_id=conversation.id, **values, waiting_since=now(), number_hint="34"))
        for name in ("r1", "r2"):
            blocks = [{"type": "text", "text": "votre divorce"}]
            session.add(Reply(id=name + mark, conversation_id=conversation.id, outcome="answered", blocks=blocks, entry="F1"))
        await session.flush()
        session.add(Correction(reply_id="r1" + mark, correction_id="r2" + mark, author="test"))
        if origin == Origin.CITIZEN:
            changes = [{"collection": "c", "entry_id": "F1", "version": 2, "before": 1, "title": "Carte"}]
            published: dict[str, Any] = {
                "state": "active",
                "changes": changes,
                "author": "test",
                "candidate": "s2",
                "finished_at": now(),
            }
            session.add(Publication(id="p1", kind="publish", **published))


async def _log(database: Database) -> list[WebhookDelivery]:
    async with database.read() as session:
        return list(await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq)))


async def test_events_are_sent_once_signed_and_without_citizens_words(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    _, secret = await _webhook(database, settings, receiver.url)
    await _webhook(database, settings, receiver.url, Event.PUBLISHED)
    await _happen(database)
    await _happen(database, Origin.TEST)
    sender = Sender(database, settings)
    await sender.run()
    await sender.run()
    bodies = [orjson.loads(body) for _, body in receiver.got]
    assert sorted(body["type"] for body in bodies) == sorted([*OFFERED, Event.PUBLISHED])
    for headers, body in receiver.got[:1]:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
    everything = b"".join(body for _, body in receiver.got).decode()
    assert all(word not in everything for word in ("divorce", "lundi", "number", "citizen"))
    published = next(body["data"] for body in bodies if body["type"] == Event.PUBLISHED)
    assert published["entries"] == [{"collection": "c", "id": "F1", "version": 2}]
    assert all(row.ended_at and row.status == 204 for row in await _log(database))


async def test_event_that_is_refused_is_tried_again_then_the_address_is_stopped(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    identifier, _ = await _webhook(database, settings, receiver.url, Event.CORRECTED)
    receiver.status = 302  # a redirection is not followed: it could lead inside
    await _happen(database)
    sender = Sender(database, settings)
    for pause in PAUSES:
        begun = now()
        await sender.run()
        (row,) = await _log(database)
        assert (row.status, row.error, row.ended_at) == (302, "status", None)
        assert pause <= row.due_at - begun < pause * 1.5
        await sender.run()  # not before its time
        assert len(receiver.got) == row.attempts
        async with database.write() as session:
            await session.execute(update(WebhookDelivery).values(due_at=now()))
    administrator, editor = [await make_staff(database, role) for role in (Role.ADMINISTRATOR, Role.EDITOR)]
    alerts = integrators.part(settings, database).alerts
    assert alerts is not None
    assert [one.ids for one in await alerts(administrator)] == [()]
    await sender.run()
    assert [one.ids for one in await alerts(administrator)] == [(identifier,)]
    assert await alerts(editor) == ()
    async with database.read() as session:
        stopped = await session.get_one(Webhook, identifier)
    assert (stopped.gave_up, stopped.disabled_at is not None) == (True, True)
    await sender.run()
    assert len(receiver.got) == len(PAUSES) + 1
    receiver.status = 200
    async with database.write() as session:
        assert await addresses.enable(session, identifier, actor="test")
    await sender.run()
    (row,) = await _log(database)
    assert (row.status, row.ended_at is not None) == (200, True)


@pytest.mark.parametrize(
    ("url", "leads_to", "why"),
    [
        ("https://program.example/x", "10.0.0.1", "not_public"),
        ("https://program.example/x", "169.254.169.254", "not_public"),
        ("http://program.example/x", "93.184.216.34", "not_public"),
        ("https://u:p@program.example/x", "93.184.216.34", "not_http"),
    ],
)
async def test_address_that_leads_inside_later_is_not_called(
    settings: Settings, database: Database, url: str, leads_to: str, why: str
) -> None:
    await _webhook(database, settings, url)
    await _happen(database)
    await Sender(database, settings, resolve=lambda _host, _port: [leads_to]).run()
    assert {row.error for row in await _log(database) if row.attempts} == {why}


def _to_this_machine(host: str, _port: int) -> list[str]:
    if host == "broken.example":
        raise RuntimeError(host)
    return ["127.0.0.1"]


async def test_accented_host_gets_its_events(settings: Settings, database: Database, receiver: Receiver) -> None:
    await _webhook(database, settings, f"http://mairie-évry.example:{receiver.port}/events", Event.CORRECTED)
    await _happen(database)
    await Sender(database, settings, resolve=_to_this_machine).run()
    assert [headers["host"] for headers, _ in receiver.got] == [f"xn--mairie-vry-h7a.example:{receiver.port}"]


async def test_failure_of_any_kind_stays_with_its_address(settings: Settings, database: Database, receiver: Receiver) -> None:
    broken, _ = await _webhook(database, settings, "https://broken.example/x", Event.CORRECTED)
    await _webhook(database, settings, receiver.url, Event.CORRECTED)
    await _happen(database)
    await Sender(database, settings, resolve=_to_this_machine).run()
    assert {row.error for row in await _log(database) if row.webhook_id == broken} == {"RuntimeError"}
    assert len(receiver.got) == 1


async def test_receiver_that_answers_byte_by_byte_is_given_up(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_TOTAL_SECONDS", 0.3)

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)

    port = free_port()
    await _webhook(database, settings, f"http://127.0.0.1:{port}/", Event.CORRECTED)
    await _happen(database)
    async with await asyncio.start_server(trickle, "127.0.0.1", port), asyncio.timeout(20):
        await Sender(database, settings).run()
    assert [row.error for row in await _log(database)] == ["TimeoutError"]


async def test_slow_address_is_left_for_the_next_run(
    settings: Settings, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_SECONDS", 0.1)
    receiver.seconds = 0.2
    await _webhook(database, settings, receiver.url)
    await _happen(database)
    await Sender(database, settings).run()
    assert len(receiver.got) == 1
    assert sum(row.ended_at is None for row in await _log(database)) == len(OFFERED) - 1


async def test_address_with_many_events_leaves_room_for_others(
    settings: Settings, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_MAX_SENT", 2)
    dead, _ = await _webhook(database, settings, f"http://127.0.0.1:{free_port()}/", Event.CORRECTED)
    async with database.write() as session:
        for _ in range(3):
            assert await addresses.send_test(session, dead)
    await _webhook(database, settings, receiver.url, Event.CORRECTED)
    await _happen(database)
    await Sender(database, settings).run()
    assert len(receiver.got) == 1


async def test_event_that_alone_is_refused_does_not_stop_the_address(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    identifier, _ = await _webhook(database, settings, receiver.url)
    receiver.refused = Event.CORRECTED
    await _happen(database)
    sender = Sender(database, settings)
    for _ in range(len(PAUSES) + len(OFFERED)):  # after the refusal the others wait for the next run
        await sender.run()
        async with database.write() as session:
            await session.execute(update(WebhookDelivery).values(due_at=now()))
    refused = [row for row in await _log(database) if row.error]
    assert [(row.event, row.attempts, row.ended_at is not None) for row in refused] == [
        (Event.CORRECTED, len(PAUSES) + 1, True)
    ]
    async with database.read() as session:
        assert (await session.get_one(Webhook, identifier)).disabled_at is None
    async with _desk(settings, database) as browser:
        assert "abandonné" in (await browser.get("/desk/integrators/webhooks")).text


async def test_log_is_kept_for_thirty_days_without_new_events(settings: Settings, database: Database) -> None:
    identifier, _ = await _webhook(database, settings, "https://program.example/x")
    async with database.write() as session:
        for _ in range(2):
            assert await addresses.send_test(session, identifier)
    kept, old = await _log(database)
    async with database.write() as session:
        values = {"created_at": now() - timedelta(days=31)}
        await session.execute(update(WebhookDelivery).where(WebhookDelivery.seq == old.seq).values(**values))
    await apply_retention(database, days=90)
    assert [row.seq for row in await _log(database)] == [kept.seq]


async def test_audit_does_not_hold_the_secret_in_an_address(settings: Settings, database: Database) -> None:
    await _webhook(database, settings, "https://hooks.example:8443/services/t0ken?key=s3cret", Event.CORRECTED)
    async with database.read() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.action == "webhook.created"))).one()
    assert orjson.loads(row.details) == {"url": "https://hooks.example", "events": [Event.CORRECTED]}


@asynccontextmanager
async def _desk(settings: Settings, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    headers = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR)) | {"Accept": "text/html"}
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers=headers) as browser:
        yield browser


async def test_administrator_adds_tries_stops_and_removes_an_address(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    page = "/desk/integrators/webhooks"
    async with _desk(settings, database) as browser:

        async def act(action: str) -> int:
            return (await browser.post(f"{page}/{identifier}", data={"action": action})).status_code

        def form(url: str) -> dict[str, Any]:
            return {"url": url, "events": ["handoff.waiting"]}

        for wrong in ("http://10.0.0.1/", "ftp://127.0.0.1/", "http://[", "https://no-such-host.invalid/"):
            assert (await browser.post(page, data=form(wrong))).status_code == 422
        assert (await browser.post(page, data={"url": receiver.url})).status_code == 422
        added = await browser.post(page, data=form(receiver.url))
        secret = found_on(r'id="secret">(whsec_[\w+/=]+)<', added.text)
        shown = await browser.get(page)
        assert secret not in shown.text
        identifier = found_on(rf'action="{page}/(\w+)"', shown.text)
        assert await act("test") == 303
        await Sender(database, settings).run()
        assert orjson.loads(receiver.got[0][1])["type"] == "test"
        assert "204" in (await browser.get(page)).text
        assert await act("disable") == 303
        await _happen(database)
        await Sender(database, settings).run()
        assert len(receiver.got) == 1
        assert await act("remove") == 303
        assert await act("remove") == 404
        assert await _log(database) == []
