"""The source of wake-ups: the Redis stream, or SQL while Redis is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog
from redis.exceptions import ResponseError

from conversations.signals.event_bus import ALIVE, GROUP, STREAM, form_in_name, name_with_form
from conversations.signals.redis_client import FAILURES, PATIENCE_SECONDS, client
from core.reply_form import FORM

_BLOCK_SECONDS = 0.5  # also the longest wait of an orderly shutdown
_ALIVE_SECONDS, _ALIVE_EVERY = 8, 2.0
_EXPIRING_MILLISECONDS = 4000  # a live worker has renewed its sign of life since
_POLL_SECONDS = 0.25  # while Redis is away
_RETRY_EVERY = 4  # polls between two attempts to reach Redis

log = structlog.get_logger(__name__)


class Consumer:
    """Yields conversations to look at. ``capacity`` waits until this worker can take more, and returns how many."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        capacity: Callable[[], Awaitable[int]],
        waiting: Callable[[], Awaitable[Sequence[str]]],
        stopping: Callable[[], bool],
    ) -> None:
        self._redis = client(url, read_seconds=_BLOCK_SECONDS + 1)
        self._name = name
        self._capacity = capacity
        self._waiting = waiting
        self._stopping = stopping
        self._reported_alive_at = 0.0

    async def wakeups(self) -> AsyncIterator[str]:
        """Yields conversations that probably have something to answer, until ``stopping``; may repeat one."""
        while not self._stopping():
            try:
                await self._join()
                log.info("redis_reached")
                while not self._stopping():
                    for conversation in await self._read():
                        yield conversation
            except ResponseError as error:
                # The stream or its group is gone (flushed): join again. A server that refuses access looks the same.
                log.warning("redis_refused", error=type(error).__name__)
                await asyncio.sleep(_POLL_SECONDS)
            except FAILURES as error:
                log.warning("redis_unreachable", error=type(error).__name__)
            async for conversation in self._poll():
                yield conversation

    async def close(self) -> None:
        await self._redis.aclose()

    async def _join(self) -> None:
        """Creates the group if it is missing, from the stream's beginning: additional wake-ups do no harm."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):  # the client's own time-out is made for reads that wait
                await self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _read(self) -> list[str]:
        # Without acknowledgement: the record knows the unanswered messages, and a list of pending entries would duplicate this.
        capacity = await self._capacity()
        if time.monotonic() - self._reported_alive_at > _ALIVE_EVERY:
            await self._report_alive()
        answer = await self._redis.xreadgroup(
            GROUP, self._name, {STREAM: ">"}, count=capacity, block=int(_BLOCK_SECONDS * 1000), noack=True
        )
        streams = answer.values() if isinstance(answer, dict) else (entries for _, entries in answer or [])
        return [fields["conversation"] for entries in streams for _, fields in _flat(entries) if "conversation" in fields]

    async def _report_alive(self) -> None:
        """Writes a sign of life, unless an older worker has just done so, whose name must stay visible (``reply_form.py``)."""
        reported = await self._redis.get(ALIVE)
        if not reported or form_in_name(str(reported)) >= FORM or await self._redis.pttl(ALIVE) < _EXPIRING_MILLISECONDS:
            await self._redis.set(ALIVE, name_with_form(self._name), ex=_ALIVE_SECONDS)
        self._reported_alive_at = time.monotonic()

    async def _poll(self) -> AsyncIterator[str]:
        """Yields conversations that wait according to SQL, until Redis answers again."""
        while not self._stopping():
            for _ in range(_RETRY_EVERY):
                if self._stopping():
                    return
                await self._capacity()
                try:
                    waiting = await self._waiting()
                except Exception:
                    log.error("record_unreachable", exc_info=True)
                    waiting = ()
                for conversation in waiting:
                    yield conversation
                await asyncio.sleep(_POLL_SECONDS)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._redis.ping()
            except FAILURES:
                continue
            self._reported_alive_at = 0.0
            return


def _flat(entries: list) -> list:  # type: ignore[type-arg]
    """Returns the entries of a stream, which one protocol of the client nests a level deeper."""
    return entries[0] if entries and isinstance(entries[0], list) else entries
