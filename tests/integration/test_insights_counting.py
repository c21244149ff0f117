"""Counting days from the record: idempotent, sealed, erasure-safe, citizens only. On SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from analytics.insights import job
from analytics.insights.daily import DayFacts
from analytics.insights.facts import read_day
from analytics.insights.figures import Kind
from analytics.insights.job import CountingRules, refresh
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Conversation, InsightDay, InsightFigure, Message
from core.turns import Origin
from tools.bench.traffic import Year, load
from tools.bench.traffic.shape import ZONE

YEAR = Year(messages=1500, last=date(2026, 11, 20), days=12)
END = datetime(2026, 11, 20, 20, tzinfo=UTC)
BENCH = CountingRules(ZONE, origin=Origin.BENCH, segment_cost=500)


@pytest.fixture
async def busy(database: Database, database_url: str) -> Database:
    """A record with twelve days of synthetic traffic."""
    await asyncio.to_thread(load, database_url, YEAR)
    return database


async def figures(database: Database) -> Sequence[tuple[object, ...]]:
    columns = InsightFigure.__table__.columns
    async with database.read() as session:
        return [tuple(row) for row in (await session.execute(select(*columns).order_by(*columns))).all()]


async def total(database: Database, kind: Kind) -> int:
    async with database.read() as session:
        return (
            await session.execute(select(func.sum(InsightFigure.count)).where(InsightFigure.kind == kind))
        ).scalar_one() or 0


async def test_every_turn_of_the_record_is_counted_once_however_often_it_is_counted(busy: Database) -> None:
    await refresh(busy, BENCH, moment=END)
    first = await figures(busy)
    async with busy.read() as session:
        messages = (await session.execute(select(func.count()).select_from(Message))).scalar_one()
        conversations = (await session.execute(select(func.count()).select_from(Conversation))).scalar_one()
    assert await total(busy, Kind.TURNS) == messages == int(YEAR.volumes.sum())
    assert await total(busy, Kind.CONTACTS) == conversations
    async with busy.write() as session:
        await session.execute(delete(InsightDay))
    await refresh(busy, BENCH, moment=END)
    assert await figures(busy) == first


async def test_days_are_sealed_and_only_open_ones_counted_again(busy: Database) -> None:
    assert await refresh(busy, BENCH, moment=END) == YEAR.days
    assert await refresh(busy, BENCH, moment=END) == 4  # today and the three days before
    assert await refresh(busy, BENCH, moment=END + timedelta(days=2)) == 6


async def test_others_write_while_a_day_is_read(busy: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def reading(*arguments: Any, **named: Any) -> DayFacts:
        async with asyncio.timeout(5), busy.write() as session:
            await session.execute(delete(InsightDay))
        return await read_day(*arguments, **named)

    monkeypatch.setattr(job, "read_day", reading)
    assert await refresh(busy, BENCH, moment=END) == YEAR.days


async def test_erasure_leaves_what_was_sealed_and_takes_from_what_was_not(busy: Database) -> None:
    await refresh(busy, BENCH, moment=END)
    before = await total(busy, Kind.TURNS)
    async with busy.write() as session:
        still_open = datetime.combine(END.date() - timedelta(days=3), datetime.min.time(), ZONE)
        found = await session.execute(select(func.count()).select_from(Message).where(Message.received_at >= still_open))
        open_ones = found.scalar_one()
        await session.execute(delete(Conversation))
    await refresh(busy, BENCH, moment=END)
    assert open_ones > 0
    assert await total(busy, Kind.TURNS) == before - open_ones


async def test_the_bench_never_mixes_with_citizens(busy: Database) -> None:
    assert await refresh(busy, CountingRules(ZONE), moment=END) == YEAR.days
    assert await figures(busy) == []


async def test_days_that_a_clock_sealed_which_was_ahead_are_counted_again(busy: Database) -> None:
    await refresh(busy, BENCH, moment=END)
    right = await figures(busy)
    ahead = now() + timedelta(days=9)
    async with busy.write() as session:
        await session.execute(delete(InsightFigure).where(InsightFigure.day == END.date()))
        for day in (END.date(), END.date() + timedelta(days=2)):  # as that clock left them
            values = {"sealed": True, "counted_at": ahead}
            await session.execute(
                insert_into(session, InsightDay)
                .values(origin=BENCH.origin, day=day, **values)
                .on_conflict_do_update(index_elements=["origin", "day"], set_=values)
            )
    assert await refresh(busy, BENCH, moment=END) > 0
    assert await figures(busy) == right


async def test_an_empty_record_counts_nothing(database: Database) -> None:
    assert await refresh(database, CountingRules(ZONE)) == 0
