"""Retention, erasure, and models against migrations. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, select, update

from cli.worker.jobs import PeriodicJobs
from conversations.engine.rasa_client import RasaClient
from conversations.record.erasure import erase, erase_rows, forget_erased
from conversations.record.opening import open_conversation
from conversations.record.retention import Deleted, apply_retention
from conversations.signals.event_bus import EventBus
from core.database import Database
from core.database.base import Base, now
from core.database.migrate import upgrade_async
from core.database.models import Conversation, Delivery, Erasure, Feedback, Lease, Message, Reply
from core.turns import Origin
from tests.integration.channels_support import SECRET, FakeRasa, guichet, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import free_port
from tests.waiting import until

_TABLES = (Conversation, Message, Reply, Delivery, Feedback, Lease)


async def test_what_was_erased_is_on_the_disk_no_more(tmp_path: Path) -> None:
    """Not in the record's log either, in which SQLite keeps what was written until it writes something else there."""
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", "", tmp_path)
    await migrated(settings.sql_url)
    database, rasa = Database(settings.sql_url), FakeRasa()
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        values = {"id": "m", "conversation_id": conversation.id, "external_id": "m", "dedup": "m"}
        session.add(Message(**values, text="une histoire que personne ne doit lire", outcome="answered"))
    # The dialogue engine, which remembers in a file of its own, and has it open.
    engines = sqlite3.connect(settings.trackers_file)
    engines.executescript("PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; CREATE TABLE turns (text)")
    with engines:
        engines.execute("INSERT INTO turns VALUES ('une histoire que personne ne doit lire')")
    assert _on_disk(tmp_path) == 2
    with engines:
        engines.execute("DELETE FROM turns")
    async with database.write() as session:
        await erase_rows(session, [conversation.id])
        await session.execute(update(Erasure).values(requested_at=now() - timedelta(minutes=2)))
    engine = RasaClient(settings.rasa_urls, SECRET, max_concurrent=1)
    async with served(rasa.app(), settings.rasa_port):
        await PeriodicJobs(database, settings, engine)._forget()
    assert rasa.forgotten == [conversation.id]
    assert _on_disk(tmp_path) == 0
    engines.close()
    await engine.close()
    await database.close()


def _on_disk(home: Path) -> int:
    return sum(file.read_bytes().count(b"une histoire") for file in home.glob("*.db*"))


async def _talk(database: Database, name: str, *, days_ago: tuple[int, ...], answered: bool = True) -> str:
    """A conversation with a message for each of ``days_ago``, and all that can hang on it."""
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        conversation.last_at = now() - timedelta(days=min(days_ago))
        await session.flush()
        session.add(Lease(conversation_id=conversation.id, owner="", expires_at=now()))
        for days in days_ago:
            at, identifier = now() - timedelta(days=days), f"{name}{days}"
            session.add(
                Message(
                    id=identifier,
                    conversation_id=conversation.id,
                    external_id=identifier,
                    dedup=identifier,
                    text="bonjour",
                    received_at=at,
                    outcome="answered" if answered else None,
                )
            )
            await session.flush()
            if answered:
                reply = Reply(
                    id=identifier,
                    conversation_id=conversation.id,
                    in_reply_to=identifier,
                    outcome="answered",
                    blocks=[],
                    created_at=at,
                    confidence=None,
                )
                session.add(reply)
                await session.flush()
                session.add_all(
                    [Delivery(reply_id=identifier, text="x", provider="p"), Feedback(reply_id=identifier, useful=True)]
                )
    return conversation.id


async def _counts(database: Database) -> list[int]:
    async with database.read() as session:
        return [(await session.execute(select(func.count()).select_from(table))).scalar_one() for table in _TABLES]


async def test_what_is_past_retention_goes_and_the_rest_stays(database: Database) -> None:
    old = await _talk(database, "old", days_ago=(120, 100))
    lasting = await _talk(database, "lasting", days_ago=(120, 10))
    waiting = await _talk(database, "waiting", days_ago=(95, 1), answered=False)
    assert await apply_retention(database, days=90) == Deleted(conversations=1, messages=1, replies=0)
    async with database.read() as session:
        conversations = set((await session.execute(select(Conversation.id))).scalars())
        messages = set((await session.execute(select(Message.id))).scalars())
        replies = set((await session.execute(select(Reply.id))).scalars())
        owed = set((await session.execute(select(Erasure.conversation_id))).scalars())
    assert conversations == {lasting, waiting}
    assert messages == {"lasting10", "waiting95", "waiting1"}  # what still waits for its outcome is kept for it
    assert replies == {"lasting10"}
    assert owed == {old}
    assert await apply_retention(database, days=90) == Deleted(0, 0, 0)


async def test_erasing_takes_all_that_hangs_on_a_conversation(database: Database, redis_url: str) -> None:
    conversation = await _talk(database, "one", days_ago=(3, 2))
    port = free_port()
    engine, event_bus, rasa = (
        RasaClient([f"http://127.0.0.1:{port}"], SECRET, max_concurrent=1),
        EventBus(redis_url),
        FakeRasa(),
    )
    assert await erase(database, event_bus, engine, conversation)  # the engine is away: it will be told later
    assert await _counts(database) == [0] * len(_TABLES)
    assert not await erase(database, event_bus, engine, conversation)

    async with served(rasa.app(), port):
        assert await forget_erased(database, engine) == 0  # a turn may still be under way
        async with database.write() as session:
            await session.execute(update(Erasure).values(requested_at=now() - timedelta(minutes=2)))
        assert await forget_erased(database, engine) == 1
        assert await forget_erased(database, engine) == 0
    assert rasa.forgotten == [conversation]
    await engine.close()
    await event_bus.close()


async def test_what_the_engine_did_not_forget_is_asked_again(database: Database) -> None:
    conversation = await _talk(database, "one", days_ago=(1,))
    async with database.write() as session:
        assert await erase_rows(session, [conversation, "unknown"]) == [conversation]
        await session.flush()
        await session.execute(update(Erasure).values(requested_at=now() - timedelta(minutes=2)))
    engine = RasaClient([f"http://127.0.0.1:{free_port()}"], SECRET, max_concurrent=1)
    assert await forget_erased(database, engine) == 0
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Erasure))).scalar_one() == 1
    await engine.close()


async def test_the_worker_applies_retention_by_itself(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    await _talk(database, "old", days_ago=(120,))
    settings = settings_for(database_url, redis_url, tmp_path)

    async def gone() -> bool:
        return (await _counts(database))[0] == 0

    async with guichet(settings), working(settings):
        await until(gone)


async def test_models_and_migrations_agree_and_migrating_twice_is_harmless(database: Database, database_url: str) -> None:
    await asyncio.gather(upgrade_async(database_url), upgrade_async(database_url))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
