"""News of replies, shared by all who wait in this process: one Redis subscription, many listeners.

News only says "look": what there is to see stands in SQL. So a listener looks again after a while in any case: soon
(0.3 s) while Redis is away, seldom (5 s) while it is there.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from channels.nerve import FAILURES, NEWS, client

_POLL_SECONDS, _GLANCE_SECONDS = 0.3, 5.0
_RECONNECT_SECONDS = 0.5
_READ_SECONDS = 1.0
ANY = "*"  # to listen to all conversations

log = structlog.get_logger(__name__)


class Listener:
    """One who waits for news of one conversation, or of all."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._news: asyncio.Queue[tuple[str, str]] = asyncio.Queue(maxsize=64)
        self._missed = False

    def put(self, what: str, conversation: str = "") -> None:
        """``conversation``: what it is about; empty: anything."""
        try:
            self._news.put_nowait((what, conversation))
        except asyncio.QueueFull:  # so many are unread: the reader will look anyway
            self._missed = True

    async def wait(self) -> str:
        """The next news (``reply``, ``typing``, ``erased``, …), or ``reply`` when it is time to look without any."""
        return (await self._next())[0]

    async def named(self) -> frozenset[str] | None:
        """What all unread news are about, once there is some; ``None``: time to look at everything."""
        found = {(await self._next())[1]}
        while not self._news.empty():
            found.add(self._news.get_nowait()[1])
        missed, self._missed = self._missed, False
        return None if missed or "" in found else frozenset(found)

    async def _next(self) -> tuple[str, str]:
        try:
            return await asyncio.wait_for(self._news.get(), self._hub.patience)
        except TimeoutError:
            return "reply", ""


class Hub:
    """Start it with ``start()`` inside an event loop."""

    def __init__(self, url: str) -> None:
        self._redis = client(url, read_seconds=_READ_SECONDS + 1)
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._connected = False
        self._task: asyncio.Task[None] | None = None

    @property
    def patience(self) -> float:
        """Seconds after which a listener looks by itself."""
        return _GLANCE_SECONDS if self._connected else _POLL_SECONDS

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    @contextmanager
    def listen(self, conversation: str) -> Iterator[Listener]:
        """Listen from here on. Look into SQL after this, not before: nothing falls in between then."""
        listener = Listener(self)
        self._listeners[conversation].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].discard(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._redis.aclose()

    async def _run(self) -> None:
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=False) as subscription:
                    await subscription.subscribe(NEWS)
                    while True:
                        message = await subscription.get_message(timeout=_READ_SECONDS)
                        if message is not None:
                            self._heard(message)
            except FAILURES as error:
                if self._connected:
                    log.warning("news_lost", error=type(error).__name__)
            self._connected = False
            self._everyone()  # to shorten the wait of those who wait long
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _heard(self, message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self._connected = True
            self._everyone()  # what was said before is in SQL only
        elif message["type"] == "message":
            what, _, conversation = str(message["data"]).partition(" ")
            for listener in (*self._listeners.get(conversation, ()), *self._listeners.get(ANY, ())):
                listener.put(what, conversation)

    def _everyone(self) -> None:
        for listeners in tuple(self._listeners.values()):
            for listener in tuple(listeners):
                listener.put("reply")
