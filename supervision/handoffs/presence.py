"""The presence of supervisors. A claim is kept while its owner sends signs of life; the row is also the owner's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Handoff, Presence
from core.handoff import Kind, State
from core.identity.conversation_access import roster


@dataclass(frozen=True, slots=True)
class Duty:
    """A supervisor's terms of duty. ``languages`` empty: any. ``available``: takes new conversations."""

    name: str
    capacity: int
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    available: bool = True


@dataclass(frozen=True, slots=True)
class Present:
    """A present supervisor, with the number of conversations held. ``staffed``: the teams that have members."""

    duty: Duty
    holding: int
    staffed: frozenset[str] = frozenset()

    def serves(self, team: str, language: str) -> bool:
        """Decides whether they may get a conversation of ``team`` in ``language``. No team, or one without members: anybody."""
        duty = self.duty
        in_team = team not in self.staffed or team in duty.teams
        return duty.available and in_team and (not duty.languages or language in duty.languages)


async def stay(session: AsyncSession, name: str, kept: timedelta) -> None:
    """Records a sign of life: keeps the claims of ``name`` for at least ``kept`` from now on. Locks their row."""
    present = now()
    until = present + kept
    await session.execute(
        insert_into(session, Presence)
        .values(name=name, available=False, capacity=0, teams=[], languages=[], seen_at=present, until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"seen_at": present, "until": case((Presence.until > until, Presence.until), else_=until)},
        )
    )


async def on_duty(database: Database, duty: Duty, kept: timedelta) -> None:
    """Records that ``duty.name`` is at the console: their claims are kept for exactly ``kept`` from now on."""
    present = now()
    values = {
        "available": duty.available,
        "capacity": duty.capacity,
        "teams": list(duty.teams),
        "languages": list(duty.languages),
        "seen_at": present,
        "until": present + kept,
    }
    async with database.write() as session:
        await session.execute(
            insert_into(session, Presence)
            .values(name=duty.name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )


async def leave(database: Database, name: str) -> None:
    """Makes ``name`` unavailable for new conversations. Their claims stay until their time is up."""
    async with database.write() as session:
        await session.execute(update(Presence).where(Presence.name == name).values(available=False))


async def holding(session: AsyncSession, name: str) -> int:
    """Returns how many conversations ``name`` holds (call-backs do not count)."""
    counted = select(func.count()).where(Handoff.owner == name, Handoff.state == State.CLAIMED, Handoff.kind == Kind.CHAT)
    return int((await session.execute(counted)).scalar_one())


async def capacity_of(session: AsyncSession, name: str) -> int:
    """Returns how many conversations ``name`` takes at a time; 0 if there is no limit."""
    found = await session.execute(select(Presence.capacity).where(Presence.name == name))
    return found.scalar_one_or_none() or 0


async def present_now(session: AsyncSession) -> Sequence[Present]:
    """Returns the present supervisors, by name."""
    claimed = (
        select(Handoff.owner, func.count().label("count"))
        .where(Handoff.state == State.CLAIMED, Handoff.kind == Kind.CHAT)
        .group_by(Handoff.owner)
        .subquery()
    )
    rows = await session.execute(
        select(Presence, func.coalesce(claimed.c.count, 0))
        .outerjoin(claimed, claimed.c.owner == Presence.name)
        .where(Presence.until > now())
        .order_by(Presence.name)
    )
    staffed = (await roster(session)).teams
    return [
        Present(Duty(row.name, row.capacity, tuple(row.teams), tuple(row.languages), row.available), int(count), staffed)
        for row, count in rows
    ]
