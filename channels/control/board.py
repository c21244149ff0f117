"""The state of the service as one process knows it: read from the record at most once a second, so seen within two."""

from __future__ import annotations

import asyncio
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels.control.record import State, read
from core.database import Database

_FRESH_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Board:
    """Ask it as often as you like."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = State()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def state(self) -> State:
        """What is set now, give or take a second. What was known last, while the record cannot be read."""
        if time.monotonic() - self._read_at > _FRESH_SECONDS:
            async with self._reading:
                if time.monotonic() - self._read_at > _FRESH_SECONDS:
                    await self._read()
        return self._known

    async def _read(self) -> None:
        try:
            async with self._database.read(brief=True) as session:
                self._known = await read(session)
        except SQLAlchemyError:
            log.warning("controls_not_read", exc_info=True)
        self._read_at = time.monotonic()
