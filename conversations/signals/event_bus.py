"""Redis as the record's companion: wake-ups for workers, and news for clients that wait for a reply.

No caller may rely on it. Every call returns whether it succeeded; the caller falls back on SQL. After a failure Redis is not
called for a second, so that a dead Redis costs one short wait only.
"""

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
ALIVE = "guichet:worker-alive"  # a key that expires: some worker receives wake-ups
_KEPT = 10_000  # wake-ups in the stream; the sweep finds what is cut off
_PAUSE_SECONDS = 1.0
_FAILED = object()  # in place of an answer
_FORM = re.compile(r":form(\d+)\Z")

log = structlog.get_logger(__name__)


def readers_channel(form: int) -> str:
    """Returns the channel that gateways subscribe to if they read replies in ``form``. Nothing is published on it."""
    return f"guichet:reads-{form}"


def name_with_form(name: str) -> str:
    """Returns a worker's name with the form in which it reads replies."""
    return f"{name}:form{FORM}"


def form_in_name(name: str) -> int:
    """Returns the form that the worker with this name reads: the oldest if the name gives none."""
    match = _FORM.search(name)
    return int(match[1]) if match else 1


class EventBus:
    """One process's connection to the others."""

    def __init__(self, url: str) -> None:
        self.redis = client(url)
        self._paused_until = 0.0

    @property
    def is_paused(self) -> bool:
        """Decides whether Redis failed a moment ago and is not to be called."""
        return time.monotonic() < self._paused_until

    def pause(self, error: Exception) -> None:
        """Stops calls to Redis for a moment, after a call failed with ``error``."""
        self._paused_until = time.monotonic() + _PAUSE_SECONDS
        log.warning("redis_unreachable", error=type(error).__name__)

    async def wake(self, conversation: str) -> bool:
        """Wakes a worker for ``conversation``. Returns false if that failed; the sweep then finds the message."""
        wake = partial(self.redis.xadd, STREAM, {"conversation": conversation}, maxlen=_KEPT, approximate=True)
        return await self._try(wake)

    async def notify(self, conversation: str, event: str) -> bool:
        """Notifies the gateways of an event (``reply``, ``typing``, ``erased``) in ``conversation``."""
        return await self._try(partial(self.redis.publish, NEWS, f"{event} {conversation}"))

    async def set_value(self, key: str, value: str, *, seconds: int) -> bool:
        """Keeps ``value`` for so many seconds, for other processes of the service."""
        return await self._try(partial(self.redis.set, key, value, ex=seconds))

    async def get_value(self, key: str) -> str | None:
        """Returns the value that another process kept; ``None`` if there is none or Redis failed."""
        value = await self._call(partial(self.redis.get, key))
        return None if value is _FAILED else value

    async def ping(self) -> bool:
        """Decides whether Redis answers now; of a Cluster, the node with the stream of wake-ups."""
        self._paused_until = 0.0
        return await self._try(partial(self.redis.exists, STREAM))

    async def close(self) -> None:
        await self.redis.aclose()

    async def _try(self, call: Callable[[], Awaitable[Any]]) -> bool:
        return await self._call(call) is not _FAILED

    async def _call(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Returns the answer of Redis, or ``_FAILED``."""
        if self.is_paused:
            return _FAILED
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                try:
                    return await call()
                except ConnectionBroken:  # a connection from before Redis restarted; sending twice is harmless
                    return await call()
        except FAILURES as error:
            self.pause(error)
            return _FAILED
