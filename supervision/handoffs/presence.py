"""The presence of supervisors. A claim is kept while its owner sends signs of life; the row is also the owner's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into, upsert
from core.database.models import Handoff, Presence
from core.handoff import Kind, State
from core.identity.conversation_access import roster


@dataclass(frozen=True, slots=True)
class Duty:
    """The conversations that a supervisor takes. ``languages`` empty: any. ``available``: takes new conversations."""

    name: str
    capacity: int
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    available: bool = True


@dataclass(frozen=True, slots=True)
class PresentSupervisor:
    """A present supervisor, with the number of claimed conversations. ``staffed``: the teams that have members."""

    duty: Duty
    claims: int
    staffed: frozenset[str] = frozenset()

    def serves(self, team: str, language: str) -> bool:
        """Decides whether they may get a conversation of ``team`` in ``language``. Anybody serves a team without members."""
        duty = self.duty
        in_team = team not in self.staffed or team in duty.teams
        return duty.available and in_team and (not duty.languages or language in duty.languages)


async def keep_claims(session: AsyncSession, name: str, duration: timedelta) -> None:
    """Records a sign of life: keeps the claims of ``name`` for at least ``duration`` from now on. Locks their row."""
    present = now()
    until = present + duration
    await session.execute(
        insert_into(session, Presence)
        .values(name=name, available=False, capacity=0, teams=[], languages=[], seen_at=present, until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"seen_at": present, "until": case((Presence.until > until, Presence.until), else_=until)},
        )
    )


async def record_presence(database: Database, duty: Duty, duration: timedelta) -> None:
    """Records that ``duty.name`` is at the console: their claims are kept for exactly ``duration`` from now on."""
    present = now()
    values = {
        "available": duty.available,
        "capacity": duty.capacity,
        "teams": list(duty.teams),
        "languages": list(duty.languages),
        "seen_at": present,
        "until": present + duration,
    }
    async with database.write() as session:
        await upsert(session, Presence, {"name": duty.name}, values)


async def leave(database: Database, name: str) -> None:
    """Makes ``name`` unavailable for new conversations. Their claims stay until their time is up."""
    async with database.write() as session:
        await session.execute(update(Presence).where(Presence.name == name).values(available=False))


async def count_claims(session: AsyncSession, name: str) -> int:
    """Returns how many conversations ``name`` has claimed (call-backs do not count)."""
    query = select(func.count()).where(Handoff.owner == name, Handoff.state == State.CLAIMED, Handoff.kind == Kind.CHAT)
    return int((await session.execute(query)).scalar_one())


async def capacity_of(session: AsyncSession, name: str) -> int:
    """Returns how many conversations ``name`` takes at a time; 0 if there is no limit."""
    rows = await session.execute(select(Presence.capacity).where(Presence.name == name))
    return rows.scalar_one_or_none() or 0


async def present_supervisors(session: AsyncSession) -> Sequence[PresentSupervisor]:
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
        PresentSupervisor(
            Duty(row.name, row.capacity, tuple(row.teams), tuple(row.languages), row.available), int(count), staffed
        )
        for row, count in rows
    ]
