"""Statements that are ready: the same rows as SQLAlchemy's own way, on both kinds of record, and the same errors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database import Database
from core.database.base import detached, table
from core.database.models import Conversation
from core.database.prepared import NewRow, Prepared

_CONVERSATIONS = table(Conversation).c
_NEW = NewRow(Conversation)
_ADD = Prepared(insert(table(Conversation)).values(_NEW.bound).returning(_CONVERSATIONS.id))
_ALL_OF = Prepared(select(table(Conversation)).where(_CONVERSATIONS.id == bindparam("of"), _CONVERSATIONS.channel == "web"))
_SPEAK = Prepared(update(table(Conversation)).where(_CONVERSATIONS.id == bindparam("of")).values(spoken=bindparam("now")))
_MOMENT = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
_ROW = {"id": "c1", "channel": "web", "origin": "citizen", "language": "fr", "offered": ["/a", "é"], "address": b"\x00\xff"}


@pytest.mark.parametrize("brief", [True, False])
async def test_rows_are_those_of_sqlalchemy(database: Database, brief: bool) -> None:
    async with database.write(brief=brief) as session:
        assert await _ADD.first(session, _NEW.values(_ROW | {"last_at": _MOMENT})) == ("c1",)
        assert not await _SPEAK.rows(session, {"of": "c1", "now": "en"})
    async with database.read(brief=brief) as session:
        (row,) = await _ALL_OF.rows(session, {"of": "c1"})
        known = (await session.execute(select(Conversation))).scalar_one()
    found = detached(Conversation, row)
    for name in _CONVERSATIONS.keys():  # noqa: SIM118 - columns are no mapping
        assert getattr(found, name) == getattr(known, name)
    assert (found.offered, found.spoken, found.last_at, found.rest, found.closing) == (["/a", "é"], "en", _MOMENT, None, False)
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_fetch_sees_what_was_committed_before_and_nothing_else(database: Database) -> None:
    asked = _ALL_OF, {"of": "c1"}
    assert [list(rows) for rows in await database.fetch(asked, asked)] == [[], []]
    async with database.write(brief=True) as session:
        await _ADD.rows(session, _NEW.values(_ROW))
        assert not (await database.fetch(asked))[0]
    found = await database.fetch(asked, asked)
    assert [rows[0][0] for rows in found] == ["c1", "c1"]


async def test_errors_are_those_of_sqlalchemy_and_name_no_value(database: Database) -> None:
    async with database.write(brief=True) as session:
        await _ADD.rows(session, _NEW.values(_ROW))

    async def speak_and_add_again() -> None:
        async with database.write(brief=True) as session:
            await _SPEAK.rows(session, {"of": "c1", "now": "en"})
            await _ADD.rows(session, _NEW.values(_ROW))

    with pytest.raises(IntegrityError) as refused:
        await speak_and_add_again()
    assert "/a" not in str(refused.value)
    (rows,) = await database.fetch((_ALL_OF, {"of": "c1"}))
    assert detached(Conversation, rows[0]).spoken is None  # nothing of the transaction was kept


async def test_fetch_keeps_nothing_of_what_it_writes(database: Database) -> None:
    async with database.write(brief=True) as session:
        await _ADD.rows(session, _NEW.values(_ROW))
    await database.fetch((Prepared(delete(table(Conversation))), {}))
    assert (await database.fetch((_ALL_OF, {"of": "c1"})))[0]


async def test_many_at_once_keep_their_transactions_apart(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.write(brief=True) as session:
            await _ADD.rows(session, _NEW.values(_ROW | {"id": f"c{number}"}))
            await asyncio.sleep(0)
            if number % 2:
                raise ArithmeticError

    await asyncio.gather(*(add(number) for number in range(10)), return_exceptions=True)
    there = [number for number in range(10) if (await database.fetch((_ALL_OF, {"of": f"c{number}"})))[0]]
    assert there == [0, 2, 4, 6, 8]


async def test_objects_and_ready_statements_share_a_transaction(database: Database) -> None:
    async with database.write(brief=True) as session:
        await _ADD.rows(session, _NEW.values(_ROW))
        (await session.execute(select(Conversation))).scalar_one().language = "en"
        session.add(Conversation(**(_ROW | {"id": "c2"})))
        await session.flush()
        assert not await _SPEAK.rows(session, {"of": "c2", "now": "es"})
    found = await database.fetch((_ALL_OF, {"of": "c1"}), (_ALL_OF, {"of": "c2"}))
    said = [(one.language, one.spoken) for rows in found for one in [detached(Conversation, rows[0])]]
    assert said == [("en", None), ("fr", "es")]


async def test_an_object_that_is_only_added_is_committed_and_one_that_fails_takes_all_with_it(database: Database) -> None:
    async with database.write(brief=True) as session:
        session.add(Conversation(**_ROW))

    async def add_again() -> None:
        async with database.write(brief=True) as session:
            await _ADD.rows(session, _NEW.values(_ROW | {"id": "c2"}))
            session.add(Conversation(**_ROW))

    with pytest.raises(IntegrityError):
        await add_again()
    found = await database.fetch((_ALL_OF, {"of": "c1"}), (_ALL_OF, {"of": "c2"}))
    assert [len(rows) for rows in found] == [1, 0]


@pytest.mark.parametrize("steps", range(1, 12))
async def test_who_is_cut_off_leaves_nothing_behind(database: Database, steps: int) -> None:
    async def add(number: int) -> None:
        async with database.write(brief=True, durable=False) as session:
            await _ADD.rows(session, _NEW.values(_ROW | {"id": f"c{number}"}))
            if number % 2:
                session.add(Conversation(**(_ROW | {"id": f"d{number}"})))

    await add(0)
    for number in (1, 2):
        task = asyncio.create_task(add(number))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await add(3)  # the next one writes as if nothing had been
    found = await database.fetch(*((_ALL_OF, {"of": name}) for name in ("c0", "c1", "d1", "c3", "d3")))
    there = [len(rows) for rows in found]
    assert there[1] == there[2]
    assert (there[0], there[3], there[4]) == (1, 1, 1)
