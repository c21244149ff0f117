"""What the record says, as one process knows it: read for all who ask at once, and only while somebody asks."""

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
    """Ask ``get`` as often as you like: the record is read by ``read`` once in ``seconds`` at most.

    ``known`` is given while it cannot be read, at first or any more; the log then says ``failed``. ``share``: of the time, that
    may be spent on reading, where a read may take long. ``brief`` as ``Database.read`` has it.
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
        self._begun = float("-inf")  # the last read
        self._rest = 0.0  # after which the next one may begin
        self._reading = asyncio.Lock()

    async def get(self, *, anew: bool = False) -> T:
        """Returns what was read last. ``anew``: by a read that begins after this call."""
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
