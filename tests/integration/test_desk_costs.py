"""The page on what SMS cost: who may see it, that its sums are right, and that what is played costs nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from cli.gateway import create
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Conversation, Delivery, Reply, SmsLimited, SmsUsage
from core.identity import Role
from core.settings import Settings
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_service_segments_per_day=100)


async def _accounts(database: Database) -> None:
    today = now().astimezone(ZoneInfo("Europe/Paris")).date()
    rows = [
        ("twilio", "citizen", 0, 40, 30, 85, 42_500),
        ("ovh", "citizen", 3, 5, 4, 10, 4_500),
        ("twilio", "citizen", 45, 9, 9, 20, 10_000),
        ("simulator", "simulator", 0, 7, 7, 21, 0),
    ]
    async with database.write() as session:
        for provider, origin, ago, received, messages, segments, cost in rows:
            session.add(
                SmsUsage(
                    day=today - timedelta(days=ago),
                    provider=provider,
                    origin=origin,
                    received=received,
                    messages=messages,
                    segments=segments,
                    cost=cost,
                )
            )
        for reason, origin, ago, messages in (
            ("loop", "citizen", 0, 7),
            ("prefix", "citizen", 45, 2),
            ("day", "simulator", 0, 3),
        ):
            session.add(SmsLimited(day=today - timedelta(days=ago), reason=reason, origin=origin, messages=messages))


async def test_segments_and_euros_for_those_who_answer_for_them(settings: Settings, database: Database) -> None:
    await _accounts(database)
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert (await http.get("/api/desk/costs")).status_code == 401
        expected = {Role.READER: 403, Role.EDITOR: 403, Role.SUPERVISOR: 200, Role.ADMINISTRATOR: 200}
        for role, status in expected.items():
            headers = await sign_in(database, settings, await make_staff(database, role))
            assert (await http.get("/api/desk/costs", headers=headers)).status_code == status, role
        month = (await http.get("/api/desk/costs", headers=headers)).json()
        assert (month["total"]["segments"], month["total"]["euros"]) == (95, 4.7)
        assert month["played"]["segments"] == 21
        assert (month["today"], month["budget"], len(month["days"])) == (85, 100, 30)
        assert {name: one["euros"] for name, one in month["providers"].items()} == {"ovh": 0.45, "twilio": 4.25}
        assert (await http.get("/api/desk/costs?days=90", headers=headers)).json()["total"]["segments"] == 115
        page = (await http.get("/desk/costs?lang=fr", headers=headers | {"Accept": "text/html"})).text
        assert "4,70" in page
        assert "presque épuisé" in page
        assert page.count("<rect") == 30
        assert [one["messages"] for one in month["limited"]] == [{"loop": 7}]
        assert "GUICHET_SMS_ALLOWED_PREFIXES" in page
        english = (await http.get("/desk/costs?days=7&lang=en", headers=headers | {"Accept": "text/html"})).text
        assert "4.70" in english
        assert "{" not in english
        assert (await http.get("/desk/costs?days=0", headers=headers)).status_code == 422


async def test_a_service_without_sms_has_a_page_too(settings: Settings, database: Database) -> None:
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        headers = await sign_in(database, settings, await make_staff(database, Role.ADMINISTRATOR))
        page = await http.get("/desk/costs?lang=fr", headers=headers | {"Accept": "text/html"})
    assert page.status_code == 200
    assert "Aucun SMS" in page.text
    assert "Rien à regarder" in page.text
    assert "ni robot" in page.text
    assert "{" not in page.text


async def _deliver(database: Database, *deliveries: tuple[str, str]) -> None:
    """Deliveries with (status, error), from 1 on, of one reply to one number."""
    async with database.write() as session:
        session.add(Conversation(id="c", channel="sms", origin="citizen", language="fr", provider="twilio", address_digest="d"))
        await session.flush()
        session.add(Reply(id="r", conversation_id="c", outcome="answered", blocks=[]))
        await session.flush()
        for seq, (status, error) in enumerate(deliveries, 1):
            values = {"status": status, "error": error, "attempts": 1, "provider_message_id": f"SM{seq}"}
            session.add(Delivery(seq=seq, reply_id="r", part=seq, text="Bonjour", provider="twilio", **values))


async def test_staff_say_what_became_of_doubtful_messages(settings: Settings, database: Database) -> None:
    doubts = [("uncertain", "lost")] * 3 + [("failed", "30003"), ("failed", "20003"), ("delivered", "")]
    await _deliver(database, *doubts)
    transport = httpx.ASGITransport(create(settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        staff = await make_staff(database, Role.SUPERVISOR)
        headers = await sign_in(database, settings, staff) | {"Accept": "text/html"}
        shown = (await http.get("/api/desk/costs", headers=headers)).json()["doubtful"]
        assert {one["seq"]: (one["cause"], one["decisions"]) for one in shown} == {
            **dict.fromkeys((1, 2, 3), ("crash", ["arrived", "lost", "again"])),
            4: ("unreachable", []),
            5: ("account", ["again"]),
        }
        page = (await http.get("/desk/costs?lang=en", headers=headers)).text
        assert page.count('value="arrived"') == 3
        assert "Telephone off" in page

        async def say(seq: int, decision: str) -> str:
            path = f"/desk/costs/deliveries/{seq}"
            return str((await http.post(path, data={"decision": decision}, headers=headers)).headers.get("location"))

        asked = [
            (1, "arrived"),
            (2, "lost"),
            (3, "again"),
            (4, "again"),
            (5, "again"),
            (6, "arrived"),
            (7, "lost"),
            (1, "again"),
        ]
        done = ["arrived", "lost", "again", "gone", "again", "gone", "gone", "gone"]
        told = [f"/desk/costs?{'failed' if word == 'gone' else 'done'}=costs_said_{word}" for word in done]
        assert [await say(*one) for one in asked] == told
        assert (await http.post("/desk/costs/deliveries/2", data={"decision": "x"}, headers=headers)).status_code == 422
    async with database.read() as session:
        rows = (await session.execute(select(Delivery).order_by(Delivery.seq))).scalars().all()
        audited = (await session.execute(select(AuditRow).where(AuditRow.action == "delivery.decided"))).scalars().all()
    assert [one.status for one in rows] == ["delivered", "failed", "queued", "failed", "queued", "delivered"]
    assert {(one.attempts, one.provider_message_id) for one in rows if one.status == "queued"} == {(0, None)}
    assert [(one.actor, one.target) for one in audited] == [(staff.id, f"delivery:{seq}") for seq in (1, 2, 3, 5)]
