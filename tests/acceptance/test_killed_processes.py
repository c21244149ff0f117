"""``kill -9`` of each process in turn while citizens write: what was acknowledged is answered once, in order.

The engine is a stand-in for Rasa; Rasa and its action server are killed in tests/e2e/test_service.py, the process manager in
test_manager_killed.py.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from core.database import Database
from core.database.models import Message, Reply
from core.settings import ROOT, Settings
from tests.integration.channels_support import Citizen, settings_for
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer
from tests.waiting import until

_ENGINE = "import uvicorn; from tests.integration.fake_rasa import FakeRasa; uvicorn.run(FakeRasa().app(), port={port})"
_CITIZENS, _EACH = 3, 4


class _Processes:
    """Processes by name; each is started again with the same arguments, as the process manager does."""

    def __init__(self, settings: Settings, redis: RedisServer) -> None:
        self.url = f"http://127.0.0.1:{settings.port}"
        self.names = ("redis", "engine", "worker", "gateway")
        self._environment = {"PATH": os.environ["PATH"], **settings.as_environment()}
        self._arguments = {
            "engine": ["-c", _ENGINE.format(port=settings.rasa_port)],
            "worker": ["-m", "cli.worker"],
            "gateway": ["-m", "cli.gateway"],
        }
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._redis = redis

    async def start(self, name: str) -> None:
        if name == "redis":
            await asyncio.to_thread(self._redis.start)
            return
        quiet = asyncio.subprocess.DEVNULL
        self._running[name] = await asyncio.create_subprocess_exec(
            sys.executable, *self._arguments[name], cwd=ROOT, env=self._environment, stdout=quiet, stderr=quiet
        )

    async def kill(self, name: str) -> None:
        if name == "redis":
            self._redis.kill()
        elif name in self._running:
            process = self._running.pop(name)
            process.kill()
            await process.wait()


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    """SQLite alone: on PostgreSQL what decides is the same code (tests/integration/test_channels_resilience.py)."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    return url


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
async def processes(own_redis: RedisServer, database_url: str, tmp_path: Path) -> AsyncIterator[_Processes]:
    processes = _Processes(settings_for(database_url, own_redis.url, tmp_path), own_redis)
    try:
        for name in processes.names:
            await processes.start(name)
        yield processes
    finally:
        for name in processes.names:
            await processes.kill(name)


async def _live(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/live")).status_code == 200
    except httpx.TransportError:
        return False


async def _acknowledged(citizen: Citizen, text: str, identifier: str) -> bool:
    try:
        return (await citizen.post(text, identifier)).status_code == 202
    except httpx.TransportError:
        return False


async def _talks(citizen: Citizen, victim: str, begun: asyncio.Event) -> None:
    """Says some messages, each again under its id until it is acknowledged, as the widget does."""
    for number in range(_EACH):
        await until(partial(_acknowledged, citizen, f"{victim} {number}", f"{victim}-{number}"))
        begun.set()


async def _dies(processes: _Processes, victim: str, begun: asyncio.Event) -> None:
    await begun.wait()
    await processes.kill(victim)
    await processes.start(victim)


async def test_what_was_acknowledged_is_answered_once_whatever_is_killed(processes: _Processes, database: Database) -> None:
    async with httpx.AsyncClient(base_url=processes.url, timeout=20) as http:
        await until(partial(_live, http), seconds=120)
        opened = [(await http.post("/api/web/conversations", json={})).json() for _ in range(_CITIZENS)]
        citizens = [Citizen(http, one["conversation"], one["token"]) for one in opened]
        for done, victim in enumerate(processes.names, 1):
            begun = asyncio.Event()
            await asyncio.gather(*(_talks(citizen, victim, begun) for citizen in citizens), _dies(processes, victim, begun))
            await until(partial(_live, http), seconds=120)
            for citizen in citizens:
                await citizen.answered(done * _EACH, seconds=120)
        for citizen in citizens:
            turns = await citizen.history()
            assert [turn["message"]["id"] for turn in turns] == [f"{one}-{n}" for one in processes.names for n in range(_EACH)]
            assert [turn["reply"]["in_reply_to"] for turn in turns] == [turn["message"]["id"] for turn in turns]
    async with database.read() as session:
        counts = [(await session.scalars(select(func.count()).select_from(table))).one() for table in (Message, Reply)]
    assert counts == [_CITIZENS * _EACH * len(processes.names)] * 2
