"""A provider that takes its time, or is away: neither keeps what has nothing to do with it, nor the messages after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import select, update

from channels.sms.causes import is_temporary
from conversations.delivery.outbound import DeliveryRules, Outbound
from conversations.ports import OutboundMessage, SendFailed, SendReceipt
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Delivery, Message, Reply
from core.privacy.addresses import Addresses
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.sms_support import FakeTwilio, inbound, post, sweep
from tests.waiting import until

ADDRESSES = Addresses("address-key")
TERMS = DeliveryRules(
    deadline=timedelta(hours=1), segment_euros=0.05, segments_per_day=0, failover=False, zone=ZoneInfo("Europe/Paris")
)
SECONDS = 0.2


class Provider:
    """Takes ``SECONDS`` for each message, and refuses those of ``away``; keeps (text, when it came, how many were there)."""

    name = "twilio"

    def __init__(self, away: Sequence[str] = ()) -> None:
        self.away = away
        self.sent: list[str] = []
        self.at_once = self.most = 0

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(SECONDS)
        self.at_once -= 1
        if reply.text in self.away:
            raise SendFailed("503", permanent=False)
        self.sent.append(reply.text)
        return SendReceipt(f"SM{len(self.sent)}", "sent", 1)


async def queue(
    database: Database, conversations: int, parts: int = 1, *, attempts: int = 0, since: datetime | None = None
) -> None:
    """A reply in each of ``conversations``, whose ``parts`` wait ``since`` then, or for an hour, after ``attempts``."""
    then = since or now() - timedelta(hours=1)
    waiting = {"provider": "twilio", "segments": 1, "attempts": attempts, "updated_at": then}
    async with database.write() as session:
        for n in range(conversations):
            number = f"+336399{attempts}{n:04d}"
            where = {"address": ADDRESSES.encrypt(number), "address_digest": ADDRESSES.digest(number)}
            name = f"{attempts}-{n}"
            session.add(Conversation(id=name, channel="sms", origin="citizen", language="fr", provider="twilio", **where))
            await session.flush()
            session.add(Reply(id=name, conversation_id=name, outcome="answered", blocks=[]))
            await session.flush()
            session.add_all(Delivery(reply_id=name, part=part, text=f"{name} {part}", **waiting) for part in range(parts))


async def _statuses(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(Delivery.status).order_by(Delivery.seq))).scalars())


async def test_several_are_sent_at_a_time_and_each_conversations_own_in_their_order(database: Database) -> None:
    provider = Provider()
    await queue(database, 20, 2)
    outbound = Outbound(database, {"twilio": provider}, ADDRESSES, TERMS, is_temporary=is_temporary)  # type: ignore[dict-item]
    await sweep(outbound)
    await sweep(outbound)  # second messages, due once the first have left
    assert provider.most == 8
    assert sorted(provider.sent) == sorted(f"0-{n} {part}" for n in range(20) for part in range(2))
    for n in range(20):
        assert provider.sent.index(f"0-{n} 0") < provider.sent.index(f"0-{n} 1")


async def test_what_comes_after_a_message_that_did_not_go_out_waits_with_it(database: Database) -> None:
    provider = Provider(away=["0-0 0"])
    outbound = Outbound(database, {"twilio": provider}, ADDRESSES, TERMS, is_temporary=is_temporary)  # type: ignore[dict-item]
    await queue(database, 1, 3)
    await outbound.send("0-0")
    await sweep(outbound)
    assert provider.sent == []
    assert await _statuses(database) == ["queued"] * 3
    provider.away = ()
    async with database.write() as session:
        await session.execute(update(Delivery).values(updated_at=now() - timedelta(hours=1)))
    for _ in range(3):
        await sweep(outbound)
    assert provider.sent == ["0-0 0", "0-0 1", "0-0 2"]


async def test_a_hundred_that_pause_keep_nobody_from_their_turn(database: Database) -> None:
    provider = Provider()
    await queue(database, 110, attempts=9, since=now() - timedelta(seconds=10))  # in the middle of their two minutes
    await queue(database, 1)
    await sweep(Outbound(database, {"twilio": provider}, ADDRESSES, TERMS, is_temporary=is_temporary))  # type: ignore[dict-item]
    assert provider.sent == ["0-0 0"]


async def test_a_worker_that_stops_begins_nothing_more(database: Database) -> None:
    provider = Provider()
    await queue(database, 30)
    outbound = Outbound(database, {"twilio": provider}, ADDRESSES, TERMS, is_temporary=is_temporary)  # type: ignore[dict-item]
    await sweep(outbound, lambda: bool(provider.most))
    assert len(provider.sent) <= 8
    assert set(await _statuses(database)) == {"queued", "sent"}  # nothing that nobody knows of


async def test_the_website_is_answered_while_the_provider_answers_nobody(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    """Its message whose wake-up was lost is found by the sweep, which used to wait for each SMS first."""
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    await queue(database, 12)
    twilio.gate.clear()
    async with guichet(settings) as service, working(settings, sweep_seconds=0.05, grace=timedelta(0)):
        await until(_some(twilio))
        citizen = await _open(service.http)
        async with database.write() as session:  # as from a gateway that died between commit and wake-up
            session.add(Message(id="lost", conversation_id=citizen, external_id="1", dedup="lost", text="carte perdue"))

        async def answered() -> bool:
            async with database.read() as session:
                return await session.scalar(select(Message.outcome).where(Message.id == "lost")) is not None

        try:
            await until(answered)
        finally:
            twilio.gate.set()


async def test_replies_by_sms_that_a_provider_keeps_waiting_leave_room_for_the_website(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    """Each used to hold one of the conversations that a worker handles at a time, until the provider had answered."""
    settings = settings_for(database_url, redis_url, tmp_path, worker_concurrency=4, **twilio.settings)
    twilio.gate.clear()
    async with guichet(settings) as service, working(settings, sweep_seconds=0.05, grace=timedelta(0)):
        try:
            for n in range(6):
                await post(service.http, settings, inbound("carte perdue", phone=f"+3363998000{n}"))
            await until(_some(twilio, 6))
            citizen = await service.citizen()
            await citizen.post("carte perdue")
            await citizen.answered(1)
        finally:
            twilio.gate.set()
        await until(_all_sent(database))
    went = [(message["To"], message["Body"]) for message in twilio.sent]
    assert {to for to, _ in went} == {f"+3363998000{n}" for n in range(6)}
    assert len(went) == len(set(went)) == 12  # a first contact's own SMS, and the answer


def _some(twilio: FakeTwilio, count: int = 1) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(twilio.sent) >= count

    return enough


def _all_sent(database: Database) -> Callable[[], Awaitable[bool]]:
    async def sent() -> bool:
        return set(await _statuses(database)) == {"sent"}

    return sent


async def _open(http: httpx.AsyncClient) -> str:
    answer = await http.post("/api/web/conversations", json={"language": "fr"})
    conversation: str = answer.json()["conversation"]
    return conversation
