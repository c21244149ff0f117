"""Workers that die, leases that are taken, a Redis that forgets or is gone: one outcome each time, never silence."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis.asyncio
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered
from conversations.record.opening import open_conversation
from conversations.signals.event_bus import ALIVE, EventBus
from conversations.signing import Signing
from conversations.worker import transactions
from conversations.worker.lease import LeaseLost
from conversations.worker.transactions import commit_reply, take_conversation, waiting_conversations
from core.database import Database
from core.database.models import Conversation, Lease, Message, Reply
from core.settings import ROOT, Settings
from core.turns import Origin, Outcome, TextBlock, Turn
from tests.integration.channels_support import SECRET, guichet, settings_for, working
from tests.integration.servers import RedisServer
from tests.waiting import until

_LEASE = timedelta(seconds=30)
_TURN = Turn(outcome=Outcome.SMALL_TALK, blocks=(TextBlock(text="Bonjour."),))


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path)


@asynccontextmanager
async def worker_process(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own, killed at the end if it still lives."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "GUICHET_HOME": str(settings.home),
        "GUICHET_RASA_PORT": str(settings.rasa_port),
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": SECRET,
        "GUICHET_ADDRESS_KEY": "address-key",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.worker", cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_killed_in_the_middle_of_a_turn_leaves_it_to_another(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        service.rasa.gate.clear()
        await citizen.post("bonjour")
        async with worker_process(settings) as process:
            await until(lambda: _is(service.rasa.calls == 1))
            process.kill()
        service.rasa.gate.set()
        async with working(settings):
            await citizen.answered(1)
    assert await _count(database, Reply) == 1
    assert service.rasa.handled == [(citizen.conversation, "bonjour")]


async def test_a_worker_that_is_told_to_stop_ends_the_turn_in_hand(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        service.rasa.gate.clear()
        await citizen.post("première")
        await citizen.post("seconde")
        async with worker_process(settings) as process:
            await until(lambda: _is(service.rasa.calls == 1))
            process.send_signal(signal.SIGTERM)
            service.rasa.gate.set()
            assert await asyncio.wait_for(process.wait(), 60) == 0
        assert await _count(database, Reply) == 1
        assert await waiting_conversations(database, older_than=timedelta(0)) == [citizen.conversation]


async def test_a_lease_that_was_taken_over_refuses_the_first_owners_commit(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    late = await take_conversation(database, conversation, "late", timedelta(0))
    assert late is not None
    present = await take_conversation(database, conversation, "present", _LEASE)
    assert present is not None
    assert present.lease.fencing == late.lease.fencing + 1
    assert await take_conversation(database, conversation, "third", _LEASE) is None

    signing = Signing("key")
    with pytest.raises(LeaseLost):
        async with database.write() as session:
            await commit_reply(session, late, _TURN, Rendered(""), signing=signing, lease=_LEASE)
    assert await _count(database, Reply) == 0
    async with database.write() as session:
        await commit_reply(session, present, _TURN, Rendered(""), signing=signing, lease=_LEASE)
    with pytest.raises(LeaseLost):  # not even its owner answers a message twice
        async with database.write() as session:
            await commit_reply(session, present, _TURN, Rendered(""), signing=signing, lease=_LEASE)
    assert await _count(database, Reply) == 1


async def test_an_erased_conversation_refuses_the_reply_under_way(database: Database) -> None:
    conversation = await _conversation_with_message(database)
    taken = await take_conversation(database, conversation, "owner", _LEASE)
    assert taken is not None
    async with database.write() as session:
        await session.delete(await session.get_one(Conversation, conversation))
    with pytest.raises(LeaseLost):
        async with database.write() as session:
            await commit_reply(session, taken, _TURN, Rendered(""), signing=Signing("key"), lease=_LEASE)


async def test_a_message_that_takes_workers_down_is_given_up_with_a_fallback(settings: Settings, database: Database) -> None:
    conversation = await _conversation_with_message(database)
    for owner in ("first", "second", "third"):
        assert await take_conversation(database, conversation, owner, timedelta(0)) is not None
    async with guichet(settings) as service, working(settings):
        await until(lambda: _answered(database))
    assert service.rasa.calls == 0
    async with database.read() as session:
        assert (await session.execute(select(Message.outcome))).scalar_one() == Outcome.FALLBACK


async def test_a_flushed_redis_loses_nothing(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings), redis.asyncio.from_url(settings.redis_url) as client:
        citizen = await service.citizen()
        await citizen.post("avant")
        await citizen.answered(1)
        for number in range(5):
            await client.flushall()
            await citizen.post(f"après {number}")
        await citizen.answered(6)
        await until(lambda: _joined(client))
    assert len(service.rasa.handled) == 6


async def test_without_redis_everything_works_from_sql_and_redis_is_found_again(
    settings: Settings, redis_server: RedisServer
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("avec")
        await citizen.answered(1)
        redis_server.stop()
        assert (await citizen.post("sans")).status_code == 202
        assert [reply["outcome"] for reply in await citizen.answered(2)] == ["answered", "answered"]
        await asyncio.to_thread(redis_server.start)
        async with redis.asyncio.from_url(settings.redis_url) as client:
            await until(lambda: _joined(client))
        await citizen.post("à nouveau")
        await citizen.answered(3)


async def test_a_start_without_redis_works_too(settings: Settings, redis_server: RedisServer) -> None:
    redis_server.stop()
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("bonjour")
        await citizen.answered(1)


async def _joined(client: redis.asyncio.Redis) -> bool:
    """Whether a worker waits for wake-ups."""
    return bool(await client.exists(ALIVE))


async def test_what_was_answered_before_the_lease_was_free_is_not_begun_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await _conversation_with_message(database)
    taken = await take_conversation(database, conversation, "first", _LEASE)
    assert taken is not None
    async with database.write() as session:
        await commit_reply(session, taken, _TURN, Rendered(""), signing=Signing("key"), lease=_LEASE)
        assert await transactions.begin_next(session, taken.lease) is None
    seen_before = [taken.message.seq]
    look = transactions._first_waiting

    async def seen(session: AsyncSession, conversation: str) -> int | None:
        return seen_before.pop() if seen_before else await look(session, conversation)

    monkeypatch.setattr(transactions, "_first_waiting", seen)
    assert await take_conversation(database, conversation, "second", _LEASE) is None
    assert not seen_before
    async with database.read() as session:
        assert (await session.scalars(select(Message.attempts))).all() == [1]
        assert (await session.scalars(select(Lease.owner))).all() == [""]  # the next message finds it free


async def _conversation_with_message(database: Database) -> str:
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        session.add(Message(id="m", conversation_id=conversation.id, external_id="e", dedup="d", text="bonjour"))
    return conversation.id


async def _count(database: Database, table: type[Reply]) -> int:
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def _answered(database: Database) -> bool:
    return await _count(database, Reply) == 1


async def _is(truth: bool) -> bool:
    return truth


async def test_the_first_news_after_redis_was_started_again_gets_through(redis_server: RedisServer, redis_url: str) -> None:
    event_bus = EventBus(redis_url)  # which starts it where a test before left it stopped
    try:
        assert await event_bus.notify("conversation", "reply")
        redis_server.stop()
        redis_server.start()
        assert await event_bus.notify("conversation", "reply")  # on a connection that was kept from before
        redis_server.stop()
        assert not await event_bus.notify("conversation", "reply")
    finally:
        redis_server.start()
        await event_bus.close()
