"""A value from the record, cached in one process: read once for all concurrent callers, and only on demand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.engine import Database

log = structlog.get_logger(__name__)


class Remembered[T]:
    """Calls ``read`` at most once in ``seconds``; ``get`` may be called as often as needed.

    ``known``: the value before the first read. While the record cannot be read, the last value is returned, and ``failed``
    is logged. ``share``: the share of time that may be spent on reading, if a read may take long. ``brief``: as in
    ``Database.read``.
    """

    def __init__(
        self,
        database: Database,
        read: Callable[[AsyncSession], Awaitable[T]],
        known: T,
        *,
        seconds: float,
        failed: str,
        share: float = 1.0,
        brief: bool = True,
    ) -> None:
        self._database, self._read_from, self._known = database, read, known
        self._seconds, self._failed, self._share, self._brief = seconds, failed, share, brief
        self._begun = float("-inf")  # when the last read began
        self._rest = 0.0  # seconds until the next read may begin
        self._reading = asyncio.Lock()

    async def get(self, *, anew: bool = False) -> T:
        """Returns the value read last. ``anew``: from a read that begins after this call."""
        asked_at = time.monotonic()
        oldest = asked_at if anew else asked_at - self._rest
        if self._begun < oldest:
            async with self._reading:
                if self._begun < oldest:
                    await self._read()
        return self._known

    async def _read(self) -> None:
        begun = time.monotonic()
        try:
            async with self._database.read(brief=self._brief) as session:
                self._known = await self._read_from(session)
        except SQLAlchemyError:
            log.warning(self._failed, exc_info=True)
        self._begun, self._rest = begun, max(self._seconds, (time.monotonic() - begun) / self._share)
