"""The state of the service as one process knows it: read from the record at most once a second, so seen within two."""

from __future__ import annotations

from conversations.service_control.controls import State, read
from core.database import Database
from core.database.remembered import Remembered

_FRESH_SECONDS = 1.0


class Board:
    """Ask it as often as you like."""

    def __init__(self, database: Database) -> None:
        self._known = Remembered(database, read, State(), seconds=_FRESH_SECONDS, failed="controls_not_read")

    async def state(self) -> State:
        """Returns what is set now, give or take a second. What was known last, while the record cannot be read."""
        return await self._known.get()
