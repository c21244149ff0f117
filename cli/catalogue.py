"""The database as the source of an index."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from core.database import Database
from core.entry import Entry
from knowledge_base.entries import store
from retrieval.index.catalogue import Listed


class DatabaseCatalogue:
    """Implements ``retrieval.index.catalogue.Catalogue`` for a command, which is not asynchronous."""

    def __init__(self, sql_url: str) -> None:
        self._sql_url = sql_url

    def listed(self) -> list[Listed]:
        return self._read(store.listed)

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        return self._read(lambda database: store.fetch(database, wanted)) if wanted else []

    def _read[T](self, read: Callable[[Database], Awaitable[T]]) -> T:
        async def reading() -> T:
            async with Database(self._sql_url) as database:
                return await read(database)

        return asyncio.run(reading())
