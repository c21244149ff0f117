"""Redis behind Sentinels and as a Cluster: what the service tells and counts there comes back by itself after a failover."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from channels.http.limits import Limits
from cli.doctor.event_bus import event_bus as look
from conversations.client_updates.hub import Hub
from conversations.signals.event_bus import ALIVE, EventBus
from conversations.signals.redis_client import FAILURES, client
from conversations.worker.consumer import Consumer
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.redis_sets import ClusterSet, SentinelSet, Server
from tests.waiting import until

_FAILOVER_SECONDS = 90  # on a busy machine; of which Redis itself takes two or three

Fault = Callable[[Server], None]


@pytest.fixture(params=[SentinelSet, ClusterSet])
def redis_set(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SentinelSet | ClusterSet]:
    started: SentinelSet | ClusterSet = request.param(tmp_path / "redis")
    yield started
    started.stop()


@pytest.fixture
async def settings(redis_set: SentinelSet | ClusterSet, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_set.url, tmp_path)
    await migrated(settings.sql_url)
    return settings


class Witness:
    """Two gateways and a worker, reduced to what they hear and count through Redis and in no other way."""

    def __init__(self, settings: Settings) -> None:
        self._buses = (EventBus(settings.redis_address), EventBus(settings.redis_address))
        self._limits = tuple(Limits(event_bus, settings) for event_bus in self._buses)
        self._hub = Hub(settings.redis_address, _nothing_new)
        self._ended = False
        self._woken: set[str] = set()
        self._consumer = Consumer(
            settings.redis_address, "witness", capacity=_room, waiting=_nobody, stopping=lambda: self._ended
        )

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Witness]:
        self._hub.start()
        task = asyncio.create_task(self._consume())
        try:
            yield self
        finally:
            self._ended = True
            await task
            await self._hub.close()
            await self._consumer.close()
            for event_bus in self._buses:
                await event_bus.close()

    async def all_is_well(self) -> None:
        """Once a wake-up, a piece of news and a count have got from one to the other."""
        async with asyncio.timeout(_FAILOVER_SECONDS):
            sent = set[str]()
            await until(lambda: self._wakes(sent), seconds=_FAILOVER_SECONDS)
            await until(self._tells, seconds=_FAILOVER_SECONDS)
            await until(self._counts, seconds=_FAILOVER_SECONDS)

    async def _consume(self) -> None:
        async for conversation in self._consumer.wakeups():
            self._woken.add(conversation)

    async def _wakes(self, sent: set[str]) -> bool:
        """Sends one more wake-up, since the service's own worker takes some. Returns whether one of them has arrived."""
        sent.add(conversation := uuid.uuid4().hex)
        await self._buses[0].wake(conversation)
        return bool(sent & self._woken)

    async def _tells(self) -> bool:
        conversation = uuid.uuid4().hex
        with self._hub.listen(conversation) as listener:
            # What is said without news, when it is time to look, is "reply".
            return await self._buses[0].notify(conversation, "typing") and await listener.wait() == "typing"

    async def _counts(self) -> bool:
        who = uuid.uuid4().hex
        first, second = [await limits.allow("test", who, per_minute=1) for limits in self._limits]
        assert first
        return not second  # each by itself would have allowed it


async def _nothing_new(since: datetime) -> dict[int, str]:
    return {}


async def _nobody() -> tuple[str, ...]:
    return ()


async def _room() -> int:
    return 8


@pytest.mark.parametrize("fault", [Server.kill, Server.freeze])
async def test_after_a_failover_all_comes_back_by_itself(
    redis_set: SentinelSet | ClusterSet, settings: Settings, fault: Fault
) -> None:
    async with guichet(settings) as service, working(settings), Witness(settings).watching() as witness:
        citizen = await service.citizen()
        await citizen.post("avant")
        await citizen.answered(1)
        await witness.all_is_well()
        fault(await asyncio.to_thread(redis_set.master))
        if isinstance(redis_set, SentinelSet):
            fault(redis_set.sentinels[0])  # on the same machine, and the first that everybody asks
        assert (await citizen.post("pendant")).status_code == 202
        await citizen.answered(2)
        await witness.all_is_well()
        async with client(settings.redis_address) as redis:
            await until(lambda: _alive(redis), seconds=_FAILOVER_SECONDS)
        await citizen.post("après")
        await citizen.answered(3)
    assert len(service.rasa.handled) == 3


async def test_the_doctor_says_what_would_not_be_replaced(redis_set: SentinelSet | ClusterSet, settings: Settings) -> None:
    def found() -> list[tuple[str, str]]:
        return [(one.check, one.level) for one in look(settings, running=True)]

    # Of the three masters of the Cluster one has a replica.
    whole = {SentinelSet: [], ClusterSet: [("redis", "warning")]}[type(redis_set)]
    assert await asyncio.to_thread(found) == [("redis", "ok"), *whole, ("clock", "ok")]
    if isinstance(redis_set, SentinelSet):
        redis_set.sentinels[1].kill()
        assert await asyncio.to_thread(found) == [("redis", "ok"), ("redis", "warning"), ("clock", "ok")]
    for server in redis_set.servers:
        server.kill()
    (gone,) = await asyncio.to_thread(lambda: list(look(settings, running=True)))
    assert gone.level == "problem"
    assert "p@ss" not in str(gone)


async def _alive(redis: object) -> bool:
    try:
        return bool(await redis.exists(ALIVE))  # type: ignore[attr-defined]
    except FAILURES:
        return False
