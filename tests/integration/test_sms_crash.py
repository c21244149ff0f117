"""A worker that dies between the provider's acceptance and the record: the fate is unknown, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import Delivery, Lease
from core.settings import ROOT, Settings
from tests.integration.channels_support import guichet, served, settings_for, until, working
from tests.integration.sms_support import FakeTwilio, inbound, post

TIMES = 20


async def _process(settings: Settings) -> asyncio.subprocess.Process:
    environment = {"PATH": os.environ["PATH"], **settings.as_environment()}
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "channels.worker", cwd=ROOT, env=environment)


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    """SQLite alone: what is shown here is the same code on both, and twenty processes take their time."""
    return f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"


async def test_a_worker_killed_after_acceptance_twenty_times(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    twilio = FakeTwilio()
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with served(twilio.app(), twilio.port), guichet(settings) as service:
        for time in range(TIMES):
            accepted = len(twilio.sent)
            twilio.gate.clear()  # the provider has taken the message, and its answer is on the way
            worker = await _process(settings)
            try:
                await post(service.http, settings, inbound(f"question {time}", phone=f"+3363998{time:04d}"))
                await until(lambda: _more_than(twilio, accepted), seconds=60)  # noqa: B023 - called at once
                worker.send_signal(signal.SIGKILL)
            finally:
                await worker.wait()
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
        assert await _states(database) == ["uncertain", "sent"] * TIMES
    sent = [(message["To"], message["Body"]) for message in twilio.sent]
    assert len(sent) == len(set(sent)) == 2 * TIMES


async def _more_than(twilio: FakeTwilio, number: int) -> bool:
    return len(twilio.sent) > number


async def _states(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(Delivery.status).order_by(Delivery.seq))).scalars())


async def _settled(database: Database, times: int) -> bool:
    return await _states(database) == ["uncertain", "sent"] * times
