"""STOP holds at the last door: whatever was queued before it, by whomever, and whatever is decided after it."""

from __future__ import annotations

import ast
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from analytics.desk.costs.uncertain_deliveries import decide
from channels.sms.causes import is_temporary
from conversations.delivery.outbound import DeliveryRules, Outbound
from conversations.ports import OutboundMessage, SendReceipt
from conversations.record.erasure import erase_rows
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Delivery, OptOut, Reply
from core.privacy.addresses import Addresses
from core.settings import ROOT

PHONE = "+33639980001"
ADDRESSES = Addresses("address-key")
TERMS = DeliveryRules(
    deadline=timedelta(hours=1), segment_euros=0.05, segments_per_day=0, failover=False, zone=ZoneInfo("Europe/Paris")
)
KINDS = {  # what may be on its way to a telephone: (outcome, author)
    "answer": ("answered", ""),
    "copy": ("answered", ""),
    "notice": ("handoff_waiting", ""),
    "call_back": ("handoff_offline", ""),
    "human": ("human", "anne"),
}


class Provider:
    """Takes everything; keeps the numbers."""

    name = "twilio"

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        self.sent.append(reply.recipient)
        return SendReceipt(f"SM{len(self.sent)}", "sent", 1)


async def _open(database: Database, identifier: str) -> None:
    digest, address = ADDRESSES.digest(PHONE), ADDRESSES.encrypt(PHONE)
    common = {"channel": "sms", "origin": "citizen", "language": "fr", "provider": "twilio"}
    async with database.write() as session:
        session.add(Conversation(id=identifier, address=address, address_digest=digest, **common))
        await session.flush()
        for kind, (outcome, author) in KINDS.items():
            session.add(Reply(id=f"{identifier} {kind}", conversation_id=identifier, outcome=outcome, author=author, blocks=[]))
        await session.flush()
        for kind in KINDS:
            session.add(Delivery(reply_id=f"{identifier} {kind}", provider="twilio", text=kind, segments=1))


async def _states(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        rows = await session.execute(select(Delivery.status, Delivery.error).order_by(Delivery.seq))
        return [(status, error) for status, error in rows]


async def test_nothing_of_any_kind_leaves_after_stop_until_start(database: Database) -> None:
    provider = Provider()
    outbound = Outbound(database, {"twilio": provider}, ADDRESSES, TERMS, is_temporary=is_temporary)  # type: ignore[dict-item]
    await _open(database, "one")
    async with database.write() as session:
        session.add(OptOut(address_digest=ADDRESSES.digest(PHONE), stop_message="m"))
    for kind in KINDS:
        await outbound.send(f"one {kind}")
    assert await _states(database) == [("failed", "opted out")] * len(KINDS)

    async with database.write() as session:  # somebody sends a doubtful one again
        (first, *_) = (await session.execute(select(Delivery).order_by(Delivery.seq))).scalars()
        first.status, first.error = "uncertain", "lost"
        await session.flush()
        assert await decide(session, first.seq, "again", actor="anne")
    await outbound.send("one answer")
    assert await _states(database) == [("failed", "opted out")] * len(KINDS)

    async with database.write() as session:  # the conversation is erased, and a new one opened for the number
        await erase_rows(session, ["one"])
    await _open(database, "two")
    for kind in KINDS:
        await outbound.send(f"two {kind}")
    assert await _states(database) == [("failed", "opted out")] * len(KINDS)
    assert provider.sent == []

    async with database.write() as session:
        (standing,) = (await session.execute(select(OptOut))).scalars()
        standing.lifted_at = now()
        for delivery in (await session.execute(select(Delivery))).scalars():
            delivery.status = "queued"
    for kind in KINDS:
        await outbound.send(f"two {kind}")
    assert provider.sent == [PHONE] * len(KINDS)


def test_there_is_one_door() -> None:
    """Only ``conversations.delivery.outbound`` hands a message to a channel: what does not pass it would not ask for STOP."""
    calls = {
        str(path.relative_to(ROOT))
        for folder in ("analytics", "integrators", "channels", "conversations", "supervision", "cli", "desk", "core")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("channel.send")
    }
    assert calls == {"conversations/delivery/outbound.py"}
