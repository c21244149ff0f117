"""A worker that dies between the provider's acceptance and the record: the fate is unknown, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import Delivery, Lease
from core.settings import ROOT, Settings
from tests.integration.channels_support import guichet, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until

# Starts a worker for each byte that it reads, as ``python -m cli.worker`` does, and says its process id: libraries are
# read once, and what is killed is a process all the same.
_NURSERY = """
import os, runpy, signal, sys
import cli.worker.composition
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while sys.stdin.buffer.raw.read(1):
    worker = os.fork()
    if not worker:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        runpy.run_module("cli.worker", run_name="__main__")
    print(worker, flush=True)
"""


@asynccontextmanager
async def _nursery(settings: Settings) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """What starts a worker, and gives its process id. All of them are gone with it."""
    environment = {"PATH": os.environ["PATH"], **settings.as_environment()}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _NURSERY, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    asking, told = parent.stdin, parent.stdout

    async def start() -> int:
        asking.write(b"1")
        return int(await told.readline())

    try:
        yield start
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        await parent.wait()


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    """SQLite alone: what is shown here is the same code on both."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    return url


@pytest.mark.parametrize("times", [4, pytest.param(20, marks=pytest.mark.long)])
async def test_workers_killed_after_acceptance_send_nothing_twice(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, times: int
) -> None:
    twilio = FakeTwilio()
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with served(twilio.app(), twilio.port), guichet(settings) as service, _nursery(settings) as start:
        for time in range(times):
            accepted = len(twilio.sent)
            twilio.gate.clear()  # the provider has taken the message, and its answer is on the way
            worker = await start()
            await post(service.http, settings, inbound(f"question {time}", phone=f"+3363998{time:04d}"))
            await until(lambda: _more_than(twilio, accepted))  # noqa: B023 - called at once
            os.kill(worker, signal.SIGKILL)
            await until(lambda: _gone(worker))  # noqa: B023 - called at once
            twilio.gate.set()
            assert (await _states(database))[-2:] == ["sending", "queued"]
            async with database.write() as session:  # two minutes later
                await session.execute(
                    update(Delivery).where(Delivery.status == "sending").values(updated_at=now() - timedelta(minutes=2))
                )
                await session.execute(
                    update(Delivery).where(Delivery.status == "queued").values(updated_at=now() - timedelta(minutes=2))
                )
                await session.execute(update(Lease).values(expires_at=now() - timedelta(minutes=1)))
            async with working(settings, sweep_seconds=0.05):
                await until(lambda: _settled(database, time + 1))  # noqa: B023 - called at once
        assert await _states(database) == ["uncertain", "sent"] * times
    sent = [(message["To"], message["Body"]) for message in twilio.sent]
    assert len(sent) == len(set(sent)) == 2 * times


async def _more_than(twilio: FakeTwilio, number: int) -> bool:
    return len(twilio.sent) > number


async def _gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


async def _states(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(Delivery.status).order_by(Delivery.seq))).scalars())


async def _settled(database: Database, times: int) -> bool:
    return await _states(database) == ["uncertain", "sent"] * times
