"""The state of the service as one process knows it: read at most once a second, so that a change is seen within two."""

from __future__ import annotations

from conversations.service_control.controls import ServiceState, read
from core.database import Database
from core.database.remembered import Remembered

_FRESH_SECONDS = 1.0


class ServiceStateCache:
    """The cached state; cheap to ask at any rate."""

    def __init__(self, database: Database) -> None:
        self._cache = Remembered(database, read, ServiceState(), seconds=_FRESH_SECONDS, failed="controls_not_read")

    async def state(self) -> ServiceState:
        """Returns the present state, at most a second old; the last known one while the record cannot be read."""
        return await self._cache.get()
