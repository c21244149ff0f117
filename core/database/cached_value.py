"""A value from the record, cached in one process: read once for all concurrent callers, and only on demand."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.engine import Database

log = structlog.get_logger(__name__)


class CachedValue[T]:
    """Calls ``read`` at most once in ``seconds``; ``get`` may be called as often as needed.

    ``initial``: the value before the first read. While the record cannot be read, the last value is returned, and the event
    ``failure_event`` is logged. ``busy_share``: the share of time that may be spent on reading, if a read may take long.
    ``brief``: as in ``Database.read``.
    """

    def __init__(
        self,
        database: Database,
        read: Callable[[AsyncSession], Awaitable[T]],
        initial: T,
        *,
        seconds: float,
        failure_event: str,
        busy_share: float = 1.0,
        brief: bool = True,
    ) -> None:
        self._database, self._read_from, self._value = database, read, initial
        self._seconds, self._failure_event, self._busy_share, self._brief = seconds, failure_event, busy_share, brief
        self._read_began = float("-inf")  # when the last read began
        self._valid_seconds = 0.0  # seconds until the next read may begin
        self._reading = asyncio.Lock()

    async def get(self, *, fresh: bool = False) -> T:
        """Returns the value read last. ``fresh``: from a read that begins after this call."""
        called_at = time.monotonic()
        oldest = called_at if fresh else called_at - self._valid_seconds
        if self._read_began < oldest:
            async with self._reading:
                if self._read_began < oldest:
                    await self._read()
        return self._value

    async def _read(self) -> None:
        begun = time.monotonic()
        try:
            async with self._database.read(brief=self._brief) as session:
                self._value = await self._read_from(session)
        except SQLAlchemyError:
            log.warning(self._failure_event, exc_info=True)
        self._read_began, self._valid_seconds = begun, max(self._seconds, (time.monotonic() - begun) / self._busy_share)
