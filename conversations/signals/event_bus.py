"""Redis, seen from the record's side: wake-ups for workers, and news for those who wait for a reply.

Nothing here may be relied upon. Every call says whether it got through; the caller has SQL to fall back on. After a
failure Redis is left alone for a second, so that a dead one costs nobody more than one short wait.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from redis.exceptions import ConnectionError as ConnectionBroken

from conversations.signals.redis_client import FAILURES, PATIENCE_SECONDS, client
from core.reply_form import FORM

STREAM = "guichet:wake"
GROUP = "workers"
NEWS = "guichet:news"
ALIVE = "guichet:worker-alive"  # a key that expires: some worker hears wake-ups
_KEPT = 10_000  # wake-ups; the sweep finds what is cut off
_REST_SECONDS = 1.0
_FORM = re.compile(r":form(\d+)\Z")

log = structlog.get_logger(__name__)


def reads(form: int) -> str:
    """Returns the channel to which gateways listen that read replies in ``form``. Nothing is ever said there."""
    return f"guichet:reads-{form}"


def with_form(name: str) -> str:
    """Returns a worker's name with the form in which it reads replies."""
    return f"{name}:form{FORM}"


def form_of(name: str) -> int:
    """Returns the form that the worker with this name reads: the oldest, where it does not say."""
    found = _FORM.search(name)
    return int(found[1]) if found else 1


class EventBus:
    """One process's way of telling the others."""

    def __init__(self, url: str) -> None:
        self.redis = client(url)
        self._resting_until = 0.0

    @property
    def resting(self) -> bool:
        """Tells whether Redis failed a moment ago, and is left alone."""
        return time.monotonic() < self._resting_until

    def rest(self, error: Exception) -> None:
        """Leave Redis alone for a moment: somebody's call failed with ``error``."""
        self._resting_until = time.monotonic() + _REST_SECONDS
        log.warning("redis_unreachable", error=type(error).__name__)

    async def wake(self, conversation: str) -> bool:
        """Wake a worker for ``conversation``. False: it did not get through, and the sweep will find the message."""
        wake = partial(self.redis.xadd, STREAM, {"conversation": conversation}, maxlen=_KEPT, approximate=True)
        return await self._try(wake)

    async def tell(self, conversation: str, what: str) -> bool:
        """Tell the gateways that something (``reply``, ``typing``, ``erased``) happened in ``conversation``."""
        return await self._try(partial(self.redis.publish, NEWS, f"{what} {conversation}"))

    async def keep(self, key: str, value: str, *, seconds: int) -> bool:
        """Keep ``value`` for so many seconds, for other processes of the service."""
        return await self._try(partial(self.redis.set, key, value, ex=seconds))

    async def kept(self, key: str) -> str | None:
        """Returns what another process kept, or ``None``: nothing, or it did not get through."""
        found: list[Any] = []

        async def look() -> None:
            found[:] = [await self.redis.get(key)]

        return found[0] if await self._try(look) else None

    async def ping(self) -> bool:
        """Decides whether Redis answers now; of a Cluster, the node on which wake-ups lie."""
        self._resting_until = 0.0
        return await self._try(partial(self.redis.exists, STREAM))

    async def close(self) -> None:
        await self.redis.aclose()

    async def _try(self, call: Callable[[], Awaitable[Any]]) -> bool:
        if self.resting:
            return False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                try:
                    await call()
                except ConnectionBroken:  # one that was kept from before Redis was started again; to be told twice is harmless
                    await call()
        except FAILURES as error:
            self.rest(error)
            return False
        return True
