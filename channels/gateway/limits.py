"""Limits against floods: by conversation, by address (an IPv6 /64, and the /48 around it) and by site, counted in Redis.

Without Redis each gateway counts by itself: the chat goes on, and a flood is still one. Sign-in counts its failures in SQL
(``core.identity.throttle``), so that a dead Redis opens nothing there.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, override

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from channels.nerve import Nerve
from channels.redis_client import FAILURES, PATIENCE_SECONDS, Client
from core.settings import Settings
from core.web.network import networks

WIDER = 4  # a /48 may do so many times what a /64 may


class _Counters(RedisStorage):
    """Counters at ``client``: one patience for all that we ask Redis, and one knowledge of who is master.

    The library's own classes for Sentinel and Cluster make clients that would have to learn it again. Both keys of a counter
    bear the same hash tag, so that a Cluster has them in one slot.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__("redis://", implementation="redispy", key_prefix="guichet:limit")

    @override
    def configure_bridge(self) -> None:
        bridge: Any = self.bridge
        bridge.storage = self._client
        bridge.connection_getter = lambda _: self._client


class Limits:
    """Counts in windows of a minute that slide. What is counted is digested: no address stays, not even in Redis."""

    def __init__(self, nerve: Nerve, settings: Settings) -> None:
        self._nerve = nerve
        self._settings = settings
        self._shared = SlidingWindowCounterRateLimiter(_Counters(nerve.redis))
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def allow(self, what: str, who: str, *, per_minute: int) -> bool:
        """Whether ``who`` may do ``what`` once more now."""
        item = RateLimitItemPerMinute(per_minute, namespace=what)
        name = hashlib.sha256(who.encode()).hexdigest()[:24]
        if not self._nerve.resting:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await self._shared.hit(item, name)
            except FAILURES as error:
                self._nerve.rest(error)
        return await self._local.hit(item, name)

    async def allow_address(self, what: str, address: str, *, per_minute: int) -> bool:
        """The same for a caller's address; the network around it may do more, but not without end."""
        for number, network in enumerate(networks(address)):
            if not await self.allow(what, network, per_minute=per_minute * (WIDER if number else 1)):
                return False
        return True

    async def allow_message(self, conversation: str) -> bool:
        """Whether a citizen may send one more message in ``conversation`` now."""
        return await self.allow("message", conversation, per_minute=self._settings.limit_conversation_per_minute)

    async def allow_opening(self, address: str, site: str) -> bool:
        """Whether one more conversation may begin from ``address``, on the website ``site`` (its origin; empty: ours)."""
        of_address = self._settings.limit_openings_per_minute
        return await self.allow_address("open", address, per_minute=of_address) and await self.allow(
            "site", site, per_minute=self._settings.limit_site_openings_per_minute
        )

    async def allow_request(self, address: str) -> bool:
        """Whether ``address`` may send one more request of any kind now."""
        return await self.allow_address("request", address, per_minute=self._settings.limit_requests_per_minute)
