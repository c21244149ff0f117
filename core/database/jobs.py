"""Periodic jobs: whichever process comes first runs one, no two at a time, and not before its time has come again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError

from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Job
from core.repeating import repeating

_SKEW = timedelta(minutes=1)  # between the clocks of two machines, or of two who ask at once


async def begin_job(database: Database, name: str, owner: str, *, every: timedelta, at_most: timedelta) -> bool:
    """Whether ``owner`` is to run the job now: it is due, and nobody has begun it within the last ``at_most``.

    Times that cannot be yet were written before the clock was put back, and hold nobody off.
    """
    present = now()
    async with database.write() as session:
        row = await session.execute(
            insert_into(session, Job)
            .values(name=name, owner=owner, expires_at=present + at_most)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"owner": owner, "expires_at": present + at_most},
                where=or_(Job.expires_at <= present, Job.expires_at > present + at_most + _SKEW)
                & or_(Job.finished_at.is_(None), Job.finished_at <= present - every, Job.finished_at > present + _SKEW),
            )
            .returning(Job.name)
        )
        return row.scalar_one_or_none() is not None


@asynccontextmanager
async def held_job(database: Database, name: str, owner: str, *, at_most: timedelta) -> AsyncIterator[None]:
    """``begin_job``'s ``at_most`` goes on while the block does: nobody waits long for an owner that died.

    Where that cannot be written down for a while, another one may begin beside: for jobs that stand it.
    """
    mine = (Job.name == name) & (Job.owner == owner)

    async def prolong() -> None:
        with suppress(SQLAlchemyError):
            async with database.write() as session:
                await session.execute(update(Job).where(mine).values(expires_at=now() + at_most))

    async with repeating(prolong, at_most.total_seconds() / 3):
        yield


async def end_job(database: Database, name: str, owner: str) -> None:
    """Note that ``owner`` ran the job to its end."""
    async with database.write() as session:
        await session.execute(
            update(Job).where(Job.name == name, Job.owner == owner).values(finished_at=now(), expires_at=now())
        )
