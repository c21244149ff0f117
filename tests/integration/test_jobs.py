"""Periodic jobs: taken over soon from who died, begun once where they go on, beside processes of versions before."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError

from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.jobs import ClaimTimes, Jobs
from core.database.models import Job
from core.settings import ROOT
from tests.waiting import until

_HOUR, _NEVER = timedelta(hours=1), timedelta(0)
_TIMES = ClaimTimes(valid_for=timedelta(seconds=1), renewed_every=timedelta(seconds=0.1), observed_for=timedelta(seconds=0.3))
_AT_WORK = """
import asyncio, sys
from datetime import timedelta
from core.database import Database
from core.database.jobs import ClaimTimes, Jobs

async def work():
    print("at work", flush=True)
    await asyncio.Event().wait()

times = ClaimTimes(*(timedelta(seconds=float(seconds)) for seconds in sys.argv[3:]))
asyncio.run(Jobs(Database(sys.argv[1]), sys.argv[2], times).run("backup", work, every=timedelta(hours=1)))
"""


class _Failed(Exception):
    pass


async def _nothing() -> None:
    pass


def _one(database: Database, name: str) -> Jobs:
    return Jobs(database, name, _TIMES)


@asynccontextmanager
async def _working(jobs: Jobs, work: Callable[[], Any] = _nothing) -> AsyncIterator[None]:
    """``jobs`` is at the job while the block is."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def both() -> None:
        begun.set()
        await work()
        await over.wait()

    task = asyncio.create_task(jobs.run("job", both, every=_NEVER))
    await asyncio.wait_for(begun.wait(), 10)
    try:
        yield
    finally:
        over.set()
        assert await task


async def _refused_while_renewed(database: Database, ask: Callable[[], Awaitable[bool]], *, periods: float) -> None:
    """Asks for the job, in vain, until its owner has renewed the claim so often that it would have ended ``periods`` times."""
    wanted = periods * (_TIMES.valid_for / _TIMES.renewed_every)
    ends: set[datetime] = set()

    async def renewed() -> bool:
        assert not await ask()
        ends.add(await _expires(database))
        return len(ends) > wanted

    await until(renewed)


async def _set(database: Database, **values: object) -> None:
    async with database.write() as session:
        await session.execute(update(Job).values(**values))


async def _expires(database: Database) -> datetime:
    async with database.read() as session:
        return (await session.execute(select(Job.expires_at))).scalar_one()


async def _begun_as_before(database: Database, name: str, *, every: timedelta, at_most: timedelta) -> bool:
    """How a process of a version before 2026-11-28 asks for a job, and claims it."""
    present = now()
    async with database.write() as session:
        claim = insert_into(session, Job).values(name=name, owner="before", expires_at=present + at_most)
        free = or_(Job.expires_at <= present, Job.expires_at > present + at_most + timedelta(minutes=1))
        done = (Job.finished_at > present - every) & (Job.finished_at <= present + timedelta(minutes=1))
        row = await session.execute(
            claim.on_conflict_do_update(
                index_elements=["name"],
                set_={"owner": "before", "expires_at": present + at_most},
                where=free & or_(Job.finished_at.is_(None), ~done),
            ).returning(Job.name)
        )
        return row.first() is not None


async def test_a_job_runs_once_at_a_time_and_not_before_it_is_due(database: Database) -> None:
    done, others_were_refused = [], asyncio.Event()

    async def work() -> None:
        done.append(1)
        await others_were_refused.wait()

    asked = [asyncio.create_task(_one(database, f"w{number}").run("job", work, every=_HOUR)) for number in range(8)]
    await until(lambda: sum(one.done() for one in asked) == 7)
    others_were_refused.set()
    assert sorted(await asyncio.gather(*asked)) == [False] * 7 + [True]
    assert done == [1]
    assert not await _one(database, "later").run("job", work, every=_HOUR)
    assert await _one(database, "much later").run("job", work, every=_NEVER)
    async with database.write() as session:
        row = (await session.execute(select(Job))).scalar_one()
        row.owner, row.expires_at = "its owner died", now() + timedelta(seconds=30)
    assert not await _one(database, "other").run("job", work, every=_NEVER)


async def test_a_process_killed_at_work_is_followed_once_its_claim_was_observed(database: Database, database_url: str) -> None:
    times = ClaimTimes(valid_for=timedelta(seconds=5), renewed_every=timedelta(seconds=1), observed_for=timedelta(seconds=1.5))
    seconds = [str(getattr(times, field.name).total_seconds()) for field in fields(times)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _AT_WORK, database_url, "killed", *seconds), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"at work\n"
    other = Jobs(database, "other", times)
    assert not await other.run("backup", _nothing, every=_HOUR)
    process.kill()
    await process.wait()

    async def followed() -> bool:
        return await other.run("backup", _nothing, every=_HOUR)

    await until(followed)
    assert not await other.run("backup", _nothing, every=_HOUR)


def test_a_process_that_died_is_followed_within_half_a_minute() -> None:
    usual = ClaimTimes()
    assert usual.valid_for + usual.observed_for < timedelta(seconds=30)


async def test_what_goes_on_is_not_begun_beside_for_as_long_as_it_takes(database: Database) -> None:
    async with _working(_one(database, "one")):
        two = _one(database, "two")
        await _refused_while_renewed(database, lambda: two.run("job", _nothing, every=_NEVER), periods=3)
    assert await _one(database, "two").run("job", _nothing, every=_NEVER)


async def test_a_job_that_lets_nobody_write_for_long_keeps_its_claim(database: Database) -> None:
    """On SQLite whoever is at work cannot prolong either, and others ask as soon as it has written."""

    async def writes() -> None:
        async with database.write() as session:
            await session.execute(select(Job.name))
            claimed_until = await _expires(beside)
            await until(lambda: now() > claimed_until + _TIMES.valid_for)

    beside = Database(database.engine.url.render_as_string(hide_password=False))
    two = _one(beside, "two")
    async with _working(_one(database, "one"), writes):
        await _refused_while_renewed(database, lambda: two.run("job", _nothing, every=_NEVER), periods=2)
    await beside.close()


async def test_a_machine_that_slept_leaves_its_jobs_to_who_is_at_them(database: Database) -> None:
    two = _one(database, "two")
    async with _working(_one(database, "one")):
        await _set(database, expires_at=now() - _HOUR)
        assert not await two.run("job", _nothing, every=_NEVER)
        await _refused_while_renewed(database, lambda: two.run("job", _nothing, every=_NEVER), periods=1)


async def test_the_second_in_a_row_to_die_of_a_job_is_the_last_for_a_while(database: Database) -> None:
    async def dies() -> None:
        raise SystemExit  # nothing is written down: as if it had been killed

    with suppress(SystemExit):
        await _one(database, "first").run("job", dies, every=_HOUR)
    second = _one(database, "second")

    async def dies_too() -> bool:
        try:
            return await second.run("job", dies, every=_HOUR)
        except SystemExit:
            return True

    await until(dies_too)
    left = await _expires(database) - now()
    assert timedelta(minutes=9) < left < timedelta(minutes=10)
    await _set(database, expires_at=now() - timedelta(seconds=1))
    third = _one(database, "third")
    await until(lambda: third.run("job", _nothing, every=_NEVER))
    async with _working(_one(database, "fourth")):  # all is well again
        assert await _expires(database) - now() < timedelta(minutes=1)


async def test_what_failed_is_tried_again_after_its_rest_by_anybody(database: Database) -> None:
    async def fails() -> None:
        raise _Failed

    with pytest.raises(_Failed):
        await _one(database, "one").run("job", fails, every=_HOUR, rest=timedelta(seconds=1))
    two = _one(database, "two")
    assert not await two.run("job", _nothing, every=_HOUR)
    await until(lambda: two.run("job", _nothing, every=_HOUR))


async def test_an_end_that_cannot_be_written_is_tried_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    one, failures = _one(database, "one"), iter(range(3))
    write = database.write

    async def work() -> None:
        monkeypatch.setattr(database, "write", lambda **how: _Full() if next(failures, None) is not None else write(**how))

    class _Full:
        async def __aenter__(self) -> None:
            raise OperationalError("UPDATE jobs", None, Exception("database or disk is full"))

        async def __aexit__(self, *_: object) -> None:
            pass

    assert await one.run("job", work, every=_HOUR)
    assert not await _one(database, "two").run("job", _nothing, every=_HOUR)


async def test_a_claim_of_a_version_before_stands_whole(database: Database) -> None:
    seconds = itertools.count(step=_TIMES.observed_for.total_seconds())  # each look at it finds that so much time has passed
    two = Jobs(database, "two", _TIMES, clock=lambda: next(seconds))
    for name, at_most in (("backup", timedelta(hours=2)), ("demand", timedelta(minutes=20)), ("job", timedelta(minutes=10))):
        assert await _begun_as_before(database, name, every=_HOUR, at_most=at_most)
        for _ in range(3):
            assert not await two.run(name, _nothing, every=_NEVER)
    await _set(database, expires_at=now() - timedelta(seconds=1))  # it died, two hours ago
    assert not await two.run("backup", _nothing, every=_NEVER)  # it is looked at twice
    assert await two.run("backup", _nothing, every=_NEVER)


async def test_a_version_before_leaves_alone_what_goes_on_and_what_rests_and_follows_who_died(database: Database) -> None:
    async def before() -> bool:
        return await _begun_as_before(database, "job", every=_NEVER, at_most=timedelta(minutes=10))

    async def fails() -> None:
        raise _Failed

    async with _working(_one(database, "one")):
        await _refused_while_renewed(database, before, periods=2)
    with pytest.raises(_Failed):
        await _one(database, "one").run("job", fails, every=_NEVER)
    assert not await before()
    await _set(database, owner="one", expires_at=now() - timedelta(seconds=1))
    assert await before()
    async with database.write() as session:  # as it ended its jobs
        await session.execute(update(Job).values(finished_at=now(), expires_at=now()))
    assert not await _one(database, "one").run("job", _nothing, every=_HOUR)
    assert await _one(database, "one").run("job", _nothing, every=_NEVER)
