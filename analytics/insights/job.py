"""Counts the days that are not sealed yet. Idempotent: a day counted twice has the same figures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from analytics.insights.daily import Counts, count_day
from analytics.insights.facts import read_day
from analytics.insights.refusals import replies_to_refusals
from analytics.insights.themes import load_catalogue
from conversations.delivery.sms_usage import COST_UNITS
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import InsightDay, InsightFigure, Message
from core.dates import local_day
from core.settings import ROOT, Settings
from core.turns import Origin

# Opinions come hours after the reply, delivery reports within two days. Retention (at least one day, 90 by default) may begin
# earlier: a day is then counted for the last time before it is deleted.
SEALED_AFTER = timedelta(days=3)
_ROWS = 500  # in one statement
_SKEW = timedelta(minutes=1)  # between the clocks of two machines


@dataclass(frozen=True, slots=True)
class CountingRules:
    """The rules of counting: the ``zone`` of local days, the ``origin`` of the turns, the price of a segment (euro / 10,000).

    ``refusals``: the texts with which the assistant answers a refusal; without them, a refusal is recognised by buttons and
    words alone.
    """

    zone: ZoneInfo
    origin: str = Origin.CITIZEN
    segment_cost: int = 0
    sealed_after: timedelta = SEALED_AFTER
    refusals: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, origin: str = Origin.CITIZEN) -> CountingRules:
        return cls(
            zone=settings.opening.zone,
            origin=origin,
            segment_cost=round(settings.sms_segment_euros * COST_UNITS),
            sealed_after=min(SEALED_AFTER, timedelta(days=max(1, settings.retention_days - 1))),
            refusals=replies_to_refusals(ROOT / "domain.yml"),
        )


async def refresh(database: Database, counting: CountingRules, *, moment: datetime | None = None, most: int = 10_000) -> int:
    """Counts the days that are not sealed, up to today, at most the ``most`` oldest ones. Returns how many were counted."""
    today = local_day(moment or now(), counting.zone)
    async with database.read() as session:
        first = await _first_open(session, counting)
    if first is None or first > today:
        return 0
    catalogue = await load_catalogue(database)
    counted = 0
    for day in _days(first, today):
        if counted == most:
            break
        read_at = now()
        async with database.read() as session:
            facts = await read_day(session, day, zone=counting.zone, origin=counting.origin, refusals=counting.refusals)
        # A busy day has tens of thousands of turns: counting must block neither new messages nor this process.
        counts = await asyncio.to_thread(
            count_day, facts, zone=counting.zone, themes=catalogue.themes, segment_cost=counting.segment_cost
        )
        state = {"sealed": today - day > counting.sealed_after, "counted_at": read_at}
        async with database.write() as session:
            await _store(session, day, counting.origin, counts, state)
        counted += 1
    return counted


async def _first_open(session: AsyncSession, counting: CountingRules) -> date | None:
    """Returns the day after the last sealed one, else the day of the first message."""
    # A day sealed by a clock that was ahead was not over: it is counted again once the clock is right.
    conditions = (InsightDay.origin == counting.origin, InsightDay.sealed, InsightDay.counted_at <= now() + _SKEW)
    sealed = await session.execute(select(func.max(InsightDay.day)).where(*conditions))
    last: date | None = sealed.scalar_one()
    if last is not None:
        return last + timedelta(days=1)
    first: datetime | None = (await session.execute(select(func.min(Message.received_at)))).scalar_one()
    return local_day(first, counting.zone) if first else None


async def _store(session: AsyncSession, day: date, origin: str, counts: Counts, state: dict[str, object]) -> None:
    await session.execute(delete(InsightFigure).where(InsightFigure.origin == origin, InsightFigure.day == day))
    for rows in batched(_rows(counts, day, origin), _ROWS):
        await session.execute(insert(InsightFigure), list(rows))
    await session.execute(
        insert_into(session, InsightDay)
        .values(origin=origin, day=day, **state)
        .on_conflict_do_update(index_elements=["origin", "day"], set_=state)
    )


def _rows(counts: Counts, day: date, origin: str) -> Iterator[dict[str, object]]:
    for cell, count in counts.count.items():
        yield {"origin": origin, "day": day, **cell._asdict(), "count": count, "total": counts.total[cell]}


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
