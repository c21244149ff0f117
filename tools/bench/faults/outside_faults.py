"""External faults: the SMS provider, as far as the simulator can play it, and the connections to PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

import httpx
from sqlalchemy import text

from channels.sms.simulator.texts import Fate
from core.database import Database
from core.settings import Settings
from tools.bench.faults.fault import Fault
from tools.bench.load import Load

_PROVIDER = (Fate.SLOW, Fate.LATE, Fate.TWICE, Fate.SILENT, Fate.BUSY)
_CUTS = 3
_BETWEEN_SECONDS = 2.0
_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)


def provider_faults(settings: Settings, seconds: float) -> Iterator[Fault]:
    """Yields the provider's faults: late answers, late or no delivery reports, duplicate calls, requests to retry later."""
    for fate in _PROVIDER:
        yield _provider(settings, fate, seconds)


def record_faults(settings: Settings) -> Iterator[Fault]:
    """Yields the fault that all connections of PostgreSQL are cut at once, as by a restart; none with SQLite."""
    if not settings.sql_url.startswith("postgresql"):
        return

    async def cut(_: Load) -> None:
        database = Database(settings.sql_url)
        try:
            for _number in range(_CUTS):
                async with database.read() as session:
                    await session.execute(_CUT)
                await asyncio.sleep(_BETWEEN_SECONDS)
        finally:
            await database.close()

    yield Fault("postgresql-cut", cut)


def _provider(settings: Settings, fate: Fate, seconds: float) -> Fault:
    async def happen(load: Load) -> None:
        load.doubled = fate is Fate.TWICE
        try:
            await _decide(settings, load.numbers, fate)
            await asyncio.sleep(seconds)
        finally:
            load.doubled = False
            await _decide(settings, load.numbers, Fate.NORMAL)

    return Fault(f"provider-{fate}", happen)


async def _decide(settings: Settings, numbers: list[str], fate: Fate) -> None:
    async with httpx.AsyncClient(base_url=settings.own_url, timeout=15, trust_env=False) as client:
        for number in numbers:
            answer = await client.put(f"/simulator/phones/{quote(number)}/fate", json={"fate": fate})
            answer.raise_for_status()
