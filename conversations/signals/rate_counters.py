"""Counters in sliding windows of a minute: in Redis for the whole service, without Redis in each process separately.

Counters are named by digests, so that no address is stored, not even in Redis.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, override

from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from conversations.signals.event_bus import EventBus
from conversations.signals.redis_client import FAILURES, PATIENCE_SECONDS, Client

WIDE_NETWORK_FACTOR = 4  # a /48 may do this many times what a /64 may


class _Counters(RedisStorage):
    """Counters at ``client``, with our one time-out and one discovery of the master.

    The library's own classes for Sentinel and Cluster create clients that would repeat the discovery. Both keys of a counter
    have the same hash tag, so that a Cluster keeps them in one slot.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__("redis://", implementation="redispy", key_prefix="guichet:limit")

    @override
    def configure_bridge(self) -> None:
        bridge: Any = self.bridge
        bridge.storage = self._client
        bridge.connection_getter = lambda _: self._client


class RateCounters:
    """The counters of one process."""

    def __init__(self, event_bus: EventBus) -> None:
        self._event_bus = event_bus
        self._shared = SlidingWindowCounterRateLimiter(_Counters(event_bus.redis))
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def query[T](self, query_counters: Callable[[SlidingWindowCounterRateLimiter], Awaitable[T]]) -> T:
        """Returns the answer of the shared counters, or of this process's own if Redis does not answer."""
        if not self._event_bus.is_paused:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await query_counters(self._shared)
            except FAILURES as error:
                self._event_bus.pause(error)
        return await query_counters(self._local)
