"""Periodic jobs: any process may run a job when it is due, but only one at a time.

A running process renews its claim every few seconds, so that the job of a dead process is taken over soon, however long jobs
may take.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now, table
from core.database.conflict import insert_into
from core.database.models import Job
from core.database.prepared import Prepared
from core.repeating import repeating

log = structlog.get_logger(__name__)

REST = timedelta(minutes=10)
_SKEW = timedelta(minutes=1)  # between the clocks of two machines, or of two processes that ask at once
_FINISH_ATTEMPTS = 10  # attempts to write the end of a job
_UNREACHABLE = (SQLAlchemyError, OSError)  # the record is not writable now; asyncpg raises bare OSErrors when it is refused

# Before 2026-11-28 a process claimed a job once, for a fixed time, and never renewed the claim. Such a process may still run
# next to this one: these are the times that it needs. For all other jobs they were as long as their rest is today. Do not make
# a rest longer: such a process takes a later end for a sign that the clock was put back.
_CLAIM_BEFORE_RENEWAL: Mapping[str, timedelta] = {
    "backup": timedelta(hours=2),
    "demand": timedelta(minutes=20),
    "quality": timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class ClaimTimes:
    """The times of a claim.

    ``valid_for``: how long it is valid without renewal. ``renewed_every``: how often its owner renews it. ``observed_for``: how
    long another process watches an expired claim before it takes it. When a machine wakes from sleep, all claims have expired
    although their owners are about to renew them.
    """

    valid_for: timedelta = timedelta(seconds=15)
    renewed_every: timedelta = timedelta(seconds=3)
    observed_for: timedelta = timedelta(seconds=4)


class _Row(NamedTuple):
    owner: str
    expires_at: datetime
    finished_at: datetime | None

    @property
    def given_up(self) -> bool:
        """Decides whether the last owner gave the claim up. Before 2026-11-28 the owner's name was kept."""
        ended = self.finished_at is not None and abs(self.expires_at - self.finished_at) < timedelta(seconds=1)
        return not self.owner or ended


class Jobs:
    """The jobs of one process with the unique name ``owner``. Call ``run`` every few seconds. ``clock`` counts seconds."""

    def __init__(
        self, database: Database, owner: str, times: ClaimTimes | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._owner, self._times, self._clock = database, owner, times or ClaimTimes(), clock
        self._observed: dict[str, tuple[_Row, float]] = {}

    async def run(self, name: str, work: Callable[[], Awaitable[object]], *, every: timedelta, rest: timedelta = REST) -> bool:
        """Does ``work`` if it is due and no process is doing it. Returns whether it was done. Raises what ``work`` raises.

        After a failure, or when a second process in a row died at it, no process tries again within ``rest``: a job that
        needs too much memory would otherwise kill one process after the other. ``work`` must tolerate that, rarely, another
        process does the same at the same time: a process that was frozen for longer than its claim is valid continues
        unaware.
        """
        valid_for = await self._claim(name, every, rest)
        if valid_for is None:
            return False
        mine = (Job.name == name) & (Job.owner == self._owner)
        over = False

        async def renew() -> None:
            with suppress(*_UNREACHABLE):
                async with self._database.write(brief=True, durable=False) as session:
                    renewed = await _changed(session, mine, expires_at=now() + valid_for)
                if not renewed and not over:
                    log.warning("job_taken_by_another", job=name)

        async with repeating(renew, self._times.renewed_every.total_seconds()):
            try:
                await work()
            except Exception:
                over = True
                await self._finish(mine, expires_at=now() + rest)
                raise
            over = True
            end = now()
            await self._finish(mine, expires_at=end, finished_at=end)
        return True

    async def _claim(self, name: str, every: timedelta, rest: timedelta) -> timedelta | None:
        """Claims the job. Returns how long the claim is valid; ``None`` if the job is not due, or another process has it."""
        (rows,) = await self._database.fetch((_BY_NAME, {"of": name}))
        seen = _Row(*rows[0]) if rows else None
        if seen is not None and not _due(
            seen, every, max(rest, self._times.valid_for, _CLAIM_BEFORE_RENEWAL.get(name, timedelta(0)))
        ):
            return None
        owner_died = seen is not None and not seen.given_up
        valid_for = max(rest, self._times.valid_for) if owner_died else self._times.valid_for
        # Watching needs a transaction of its own too: SQLite's one writer may be the job itself, which renews as soon as it
        # can.
        async with self._database.write(brief=True, durable=False) as session:
            if seen is None:
                claim = insert_into(session, Job).values(name=name, owner=self._owner, expires_at=now() + valid_for)
                inserted = await session.execute(claim.on_conflict_do_nothing().returning(Job.name))
                return valid_for if inserted.first() else None
            if await _row(session, name) != seen or (owner_died and not self._is_unrenewed(name, seen)):
                return None
            unchanged = (Job.name == name) & (Job.owner == seen.owner) & (Job.expires_at == seen.expires_at)
            if not await _changed(session, unchanged, owner=self._owner, expires_at=now() + valid_for):
                return None
        self._observed.pop(name, None)
        if owner_died:
            log.warning("job_taken_over", job=name, owner=seen.owner)
        return valid_for

    def _is_unrenewed(self, name: str, seen: _Row) -> bool:
        before, since = self._observed.get(name, (None, 0.0))
        if before != seen:
            self._observed[name] = seen, self._clock()
            return False
        return self._clock() - since >= self._times.observed_for.total_seconds()

    async def _finish(self, mine: ColumnElement[bool], **values: datetime) -> None:
        """Writes the end of the job, with retries, while the claim is renewed: without it the job would be repeated at once."""
        for tries_left in reversed(range(_FINISH_ATTEMPTS)):
            try:
                async with self._database.write() as session:
                    await _changed(session, mine, owner="", **values)
                return
            except _UNREACHABLE:
                if not tries_left:
                    raise
                await asyncio.sleep(self._times.renewed_every.total_seconds())


def _due(row: _Row, every: timedelta, longest: timedelta) -> bool:
    """Decides whether the job is due. Impossible times were written before the clock was put back, and are ignored."""
    present = now()
    if row.finished_at is not None and present - every < row.finished_at <= present + _SKEW:
        return False
    return not present < row.expires_at <= present + longest + _SKEW


async def _row(session: AsyncSession, name: str) -> _Row | None:
    found = await _BY_NAME.first(session, {"of": name})
    return _Row(*found) if found else None


_JOBS = table(Job).c
_BY_NAME = Prepared(select(_JOBS.owner, _JOBS.expires_at, _JOBS.finished_at).where(_JOBS.name == bindparam("of")))


async def _changed(session: AsyncSession, which: ColumnElement[bool], **values: object) -> bool:
    row = await session.execute(update(Job).where(which).values(**values).returning(Job.name))
    return row.first() is not None
