"""A worker that dies between the provider's acceptance and the record: the fate is unknown, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import Delivery
from core.settings import ROOT, Settings
from tests.integration.channels_support import guichet, served, settings_for, until, working
from tests.integration.sms_support import FakeTwilio, inbound, post


async def _process(settings: Settings) -> asyncio.subprocess.Process:
    environment = {"PATH": os.environ["PATH"], **settings.as_environment()}
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "channels.worker", cwd=ROOT, env=environment)


async def test_a_worker_killed_after_acceptance(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> None:
    twilio = FakeTwilio()
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)

    async def accepted() -> bool:
        return len(twilio.sent) == 1

    async def states() -> list[str]:
        async with database.read() as session:
            return list((await session.execute(select(Delivery.status).order_by(Delivery.seq))).scalars())

    async def settled() -> bool:
        return await states() == ["uncertain", "sent"]

    async with served(twilio.app(), twilio.port), guichet(settings) as service:
        twilio.gate.clear()  # the provider has taken the message, and its answer is on the way
        worker = await _process(settings)
        try:
            await post(service.http, settings, inbound("carte perdue"))
            await until(accepted, seconds=60)
            worker.send_signal(signal.SIGKILL)
        finally:
            await worker.wait()
        twilio.gate.set()
        assert await states() == ["sending", "queued"]
        async with database.write() as session:  # two minutes later
            await session.execute(update(Delivery).values(updated_at=now() - timedelta(minutes=2)))
        async with working(settings, sweep_seconds=0.05):
            await until(settled)
        async with working(settings, sweep_seconds=0.05):  # nor does a later worker touch it
            await post(service.http, settings, inbound("passeport"))
            await until(lambda: _all_sent(database, 2))
    assert len(twilio.sent) == 3
    assert len(set(twilio.texts)) == 3


async def _all_sent(database: Database, number: int) -> bool:
    async with database.read() as session:
        return len((await session.execute(select(Delivery).where(Delivery.status == "sent"))).all()) == number
