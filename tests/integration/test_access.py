"""Access to one's data, erasure with a receipt, and what the retention writes down. On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from cli.personal_data import erased_at, export_personal_data
from conversations.record.opening import open_conversation
from conversations.record.retention import apply_retention
from core.audit.queries import newest
from core.database import Database
from core.database.base import now
from core.database.models import Delivery, Feedback, Handoff, Message, Reply, RetentionRun
from core.privacy.addresses import Addresses
from core.privacy.receipts import receipt_of
from core.turns import Origin
from tests.integration.channels_support import guichet, settings_for

ADDRESSES = Addresses("address-key")


async def _person(database: Database, number: str) -> str:
    async with database.write() as session:
        conversation = open_conversation(session, channel="sms", language="fr", origin=Origin.TEST)
        conversation.address, conversation.address_digest = ADDRESSES.encrypt(number), ADDRESSES.digest(number)
        await session.flush()
        key = conversation.id[:20]
        session.add(
            Message(id=key, conversation_id=conversation.id, external_id=key, dedup=key, text="bonjour", outcome="answered")
        )
        await session.flush()
        session.add(
            Reply(id=key, conversation_id=conversation.id, in_reply_to=key, outcome="answered", blocks=[], confidence=None)
        )
        await session.flush()
        session.add_all(
            [
                Delivery(reply_id=key, text="Réponse", provider="p"),
                Feedback(reply_id=key, useful=True),
                Handoff(
                    id=key,
                    conversation_id=conversation.id,
                    kind="call_back",
                    state="waiting",
                    reason="asked",
                    number=ADDRESSES.encrypt("+33199001234"),
                ),
            ]
        )
    return conversation.id


async def test_a_person_gets_all_that_is_held_of_them_and_nothing_of_others(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(database_url, "", tmp_path)
    mine, _other = await _person(database, "+33611111111"), await _person(database, "+33622222222")
    held = await export_personal_data(settings, conversation="", number="+33611111111")
    assert held is not None
    assert held == await export_personal_data(settings, conversation=mine, number="")
    assert {name: len(rows) for name, rows in held.items()} == {
        "conversations": 1,
        "messages": 1,
        "replies": 1,
        "deliveries": 1,
        "feedback": 1,
        "handoffs": 1,
    }
    assert held["conversations"][0]["address"] == "+33611111111"
    assert held["handoffs"][0]["number"] == "+33199001234"
    assert await export_personal_data(settings, conversation="unknown", number="") is None
    assert [row.action for row in await newest(database, limit=9)] == ["privacy.exported"] * 2


async def test_who_erases_gets_a_receipt_by_which_it_is_found_again(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, sms_provider="")
    async with guichet(settings) as service:
        citizen = await service.citizen()
        answer = await service.http.delete("/api/web/conversations/current", headers=citizen.headers)
    receipt = answer.headers["guichet-receipt"]
    assert receipt == receipt_of(citizen.conversation)
    assert await erased_at(settings, receipt.lower()) is not None
    assert await erased_at(settings, "AAAA-AAAA-AAAA") is None


async def test_each_run_of_the_retention_is_kept_with_what_it_did(database: Database) -> None:
    await _person(database, "+33611111111")
    await apply_retention(database, days=90)
    async with database.write() as session:
        handoff = (await session.execute(select(Handoff))).scalar_one()
        handoff.created_at = now() - timedelta(days=91)
    await apply_retention(database, days=90)
    async with database.read() as session:
        runs = list((await session.execute(select(RetentionRun).order_by(RetentionRun.seq))).scalars())
    assert [(run.deleted, run.overdue) for run in runs] == [({}, {}), ({"handoffs": 1}, {})]
