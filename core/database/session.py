"""A session on the record that knows SQLite's own connection, for statements that are ready (``core.database.prepared``)."""

from __future__ import annotations

import sqlite3
from typing import Any, override

from sqlalchemy.ext.asyncio import AsyncSession

from core.database.sqlite_driver import OneCall


class RecordSession(AsyncSession):
    """Made by ``Database``."""

    adapted: OneCall | None = None  # only as long as its transaction

    async def at_hand(self) -> sqlite3.Connection | None:
        """The connection of its transaction, where statements may run on it here and now: SQLite's, of a brief session
        of which nothing is under way in a thread."""
        if self.adapted is None:
            if not self.get_bind().get_execution_options().get("guichet_brief"):
                return None
            await self.begun()
        return self.adapted.raw if self.adapted is not None and self.adapted.at_hand else None

    async def begun(self, **options: Any) -> None:
        """Begin the transaction, with a connection of these ``options``."""
        connection = await self.connection(execution_options=options)
        held = connection.sync_connection
        adapted = held.connection.dbapi_connection if held is not None else None
        self.adapted = adapted if isinstance(adapted, OneCall) and adapted.brief else None

    @override
    async def commit(self) -> None:
        self.adapted = None
        await super().commit()

    @override
    async def rollback(self) -> None:
        self.adapted = None
        await super().rollback()

    @override
    async def close(self) -> None:
        self.adapted = None
        await super().close()
