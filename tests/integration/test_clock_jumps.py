"""The machine's clock is put back or forward by an hour: what was written by the clock before holds nobody up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from channels.sms.causes import is_temporary
from conversations.delivery.outbound import DeliveryRules, Outbound
from conversations.ports import Rendered
from conversations.signing import Signing
from conversations.worker.lease import LONGEST, LeaseLost
from conversations.worker.transactions import commit_reply, take_conversation, waiting_conversations
from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.database.models import Delivery, Job, Lease, Message, Reply
from core.privacy.addresses import Addresses
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.test_channels_resilience import _LEASE, _TURN, _conversation_with_message

_JUMP = timedelta(hours=1)
_NO_REDIS = "redis://127.0.0.1:1/0"  # no wake-up: the sweep has to find what waits


@pytest.fixture
def settings(database: Database, database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, _NO_REDIS, tmp_path)


async def _written_by_the_clock_before(database: Database, owner: str | None = None) -> None:
    """All leases and waiting messages as they stand once the clock was put back by an hour."""
    async with database.write() as session:
        values = {"expires_at": now() + _JUMP} | ({"owner": owner} if owner is not None else {})
        await session.execute(update(Lease).values(**values))
        await session.execute(update(Message).values(received_at=now() + _JUMP))


@pytest.mark.parametrize("owner", ["", "a worker that was killed"])
async def test_a_conversation_goes_on_after_the_clock_was_put_back(settings: Settings, database: Database, owner: str) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        async with working(settings):
            await citizen.post("bonjour")
            await citizen.answered(1)
        await citizen.post("encore")
        await _written_by_the_clock_before(database, owner)
        assert await waiting_conversations(database, older_than=timedelta(seconds=1)) == [citizen.conversation]
        async with working(settings):
            await citizen.answered(2)
        await citizen.post("et après")
        async with working(settings):
            await citizen.answered(3)
    assert [text for _, text in service.rasa.handled] == ["bonjour", "encore", "et après"]


async def test_two_workers_over_a_jump_commit_once(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    before = await take_conversation(database, conversation, "before", _LEASE)
    assert before is not None
    assert await take_conversation(database, conversation, "other", _LEASE) is None
    await _written_by_the_clock_before(database)
    after = await take_conversation(database, conversation, "after", _LEASE)
    assert after is not None
    assert after.lease.fencing == before.lease.fencing + 1
    with pytest.raises(LeaseLost):
        async with database.write() as session:
            await commit_reply(session, before, _TURN, Rendered(""), signing=Signing("key"), lease=_LEASE)


async def test_the_longest_lease_that_may_be_taken_is_nobody_elses(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    assert await take_conversation(database, conversation, "one", LONGEST) is not None
    assert await take_conversation(database, conversation, "two", LONGEST) is None


async def test_a_clock_put_forward_ends_a_lease_early_and_nothing_is_said_twice(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    slow = await take_conversation(database, conversation, "slow", _LEASE)
    assert slow is not None
    async with database.write() as session:
        await session.execute(update(Lease).values(expires_at=now() - _JUMP))
    assert await take_conversation(database, conversation, "quick", _LEASE) is not None
    with pytest.raises(LeaseLost):
        async with database.write() as session:
            await commit_reply(session, slow, _TURN, Rendered(""), signing=Signing("key"), lease=_LEASE)


async def test_sms_that_waited_to_be_sent_go_out_after_the_clock_was_put_back(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    async with database.write() as session:
        session.add(Reply(id="r", conversation_id=conversation, outcome="answered", blocks=[]))
        await session.flush()
        later = now() + _JUMP
        for part, status in enumerate(("sending", "queued")):
            session.add(Delivery(reply_id="r", part=part, provider="p", text="t", status=status, attempts=1, updated_at=later))
    outbound = Outbound(
        database,
        {},
        Addresses("key"),
        DeliveryRules(_JUMP, 0.05, 0, failover=False, zone=ZoneInfo("Europe/Paris")),
        is_temporary=is_temporary,
    )
    assert await outbound.due() == {}  # whose sender is gone is nobody's to send again
    async with database.read() as session:
        assert list(await session.scalars(select(Delivery.status).order_by(Delivery.part))) == ["uncertain", "queued"]
    assert [len(seqs) for seqs in (await outbound.due()).values()] == [1]


async def test_jobs_run_again_after_the_clock_was_put_back(database: Database) -> None:
    every, begun = timedelta(hours=12), asyncio.Event()
    one, two = Jobs(database, "one"), Jobs(database, "two")

    async def work() -> None:
        begun.set()
        assert not await two.run("retention", work, every=every)

    assert await one.run("retention", work, every=every)
    assert begun.is_set()
    assert not await two.run("retention", work, every=every)
    async with database.write() as session:
        later = now() + _JUMP
        await session.execute(update(Job).values(finished_at=later, expires_at=later))
    again = asyncio.Event()

    async def work_again() -> None:
        again.set()

    assert await two.run("retention", work_again, every=every)
    assert again.is_set()
