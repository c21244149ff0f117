"""Where statements on SQLite run, and that nothing of a transaction is left behind by who was cancelled."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from core.database import Database

_HERE, _THREAD = "here", "thread"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/record.db")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE kept (word TEXT UNIQUE)"))
    yield database
    await database.close()


def _where(database: Database) -> list[str]:
    """Where each call of ``place()`` in a statement runs, as it runs."""
    found: list[str] = []
    ours = threading.get_ident()

    def place() -> int:
        found.append(_HERE if threading.get_ident() == ours else _THREAD)
        return 1

    for engine in database.engines:

        @event.listens_for(engine, "checkout")
        def add(connection: Any, *_: Any) -> None:
            connection.create_function("place", 0, place)

    return found


async def _words(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT word FROM kept ORDER BY word"))).scalars())


async def test_only_a_brief_sessions_statements_run_on_the_loops_own_thread(database: Database) -> None:
    found = _where(database)
    for brief in (False, True, False):  # the connection is the same one
        async with database.read(brief=brief) as session:
            await session.execute(text("SELECT place()"))
        async with database.write(brief=brief) as session:
            await session.execute(text("INSERT INTO kept VALUES (:word || place())"), {"word": len(found)})
    assert found == [_THREAD] * 2 + [_HERE] * 2 + [_THREAD] * 2
    assert await _words(database) == ["11", "31", "51"]


@pytest.mark.parametrize("brief", [False, True])
async def test_what_waits_for_another_process_does_not_hold_up_the_loop(
    database: Database, tmp_path: Path, brief: bool
) -> None:
    async with database.read():
        pass
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ticks = 0

    async def write() -> None:
        async with database.write(brief=brief) as session:
            await session.execute(text("INSERT INTO kept VALUES ('late')"))

    writing = asyncio.create_task(write())
    for _ in range(20):
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks == 20
    assert not writing.done()
    other.execute("COMMIT")
    await writing
    other.close()
    assert await _words(database) == ["late"]


@pytest.mark.parametrize("brief", [False, True])
async def test_who_is_cancelled_while_waiting_leaves_no_lock_behind(database: Database, tmp_path: Path, brief: bool) -> None:
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write(brief=brief) as session:
            await session.execute(text("INSERT INTO kept VALUES ('never')"))

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    writing.cancel()
    other.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await writing
    await asyncio.sleep(0.1)
    other.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN IMMEDIATE")  # nobody holds the lock
    other.execute("COMMIT")
    other.close()
    async with database.write(brief=brief) as session:
        await session.execute(text("INSERT INTO kept VALUES ('next')"))
    assert await _words(database) == ["next"]


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("raised", [RuntimeError, asyncio.CancelledError])
async def test_a_write_that_fails_keeps_nothing(database: Database, brief: bool, raised: type[BaseException]) -> None:
    async def write() -> None:
        async with database.write(brief=brief) as session:
            await session.execute(text("INSERT INTO kept VALUES ('half')"))
            raise raised

    with pytest.raises(raised):
        await write()
    assert await _words(database) == []


@pytest.mark.parametrize("brief", [False, True])
async def test_errors_are_those_of_sqlalchemy_and_the_session_goes_on(database: Database, brief: bool) -> None:
    async with database.write(brief=brief) as session:
        await session.execute(text("INSERT INTO kept VALUES ('one')"))
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(text("INSERT INTO kept VALUES ('one')"))
        await session.execute(text("INSERT INTO kept VALUES ('two')"))
    assert await _words(database) == ["one", "two"]


async def test_a_transaction_of_the_engines_own_is_kept_too(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO kept VALUES (:word)"), [{"word": "a"}, {"word": "b"}])
    assert await _words(database) == ["a", "b"]


async def test_a_stream_is_read_in_parts(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("INSERT INTO kept VALUES (:word)"), [{"word": f"{number:04d}"} for number in range(1000)])
    async with database.read() as session:
        rows = await session.stream(text("SELECT word FROM kept ORDER BY word").execution_options(yield_per=100))
        assert [row.word async for row in rows] == [f"{number:04d}" for number in range(1000)]
