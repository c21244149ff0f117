"""SQLite's one writer in a process: a connection that is kept for brief transactions, begun and ended without SQLAlchemy.

A session with its connection, its begin and its commit costs SQLAlchemy five times what two hand-overs to a thread do. Here it
comes in where somebody asks it for an object: the session finds a transaction under way on its connection.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.database.prepared import as_sqlalchemy
from core.database.session import RecordSession
from core.database.sqlite_driver import COMMIT, WRITING, OneCall


class Writer:
    """One transaction at a time: the caller sees to that."""

    def __init__(self, engine: AsyncEngine, info: dict[str, object]) -> None:
        self._engine = engine
        self._info = info  # of its sessions
        self._kept: AsyncConnection | None = None

    @asynccontextmanager
    async def __call__(self, durability: str) -> AsyncIterator[RecordSession]:
        """A brief session in one transaction: committed at the end of the block, rolled back if it raises."""
        kept, adapted = await self._connected()
        session = RecordSession(kept, expire_on_commit=False, info=self._info)
        try:
            await self._now(adapted, WRITING, durability)
            session.adapted = adapted
            yield session
            if session.in_transaction():  # of SQLAlchemy's: there are objects to be written down
                await session.commit()
                await session.close()
            else:
                session.adapted = None
                await self._now(adapted, COMMIT, durability)
        except BaseException:
            self._kept = None  # at once: nobody else begins on it
            await asyncio.shield(asyncio.create_task(_undone(session, kept)))
            raise

    async def close(self) -> None:
        """Give the connection back."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.close()

    async def _connected(self) -> tuple[AsyncConnection, OneCall]:
        if self._kept is None:
            self._kept = await self._engine.connect()
        held = self._kept.sync_connection
        assert held is not None
        return self._kept, cast("OneCall", held.connection.dbapi_connection)

    async def _now(self, adapted: OneCall, statement: str, durability: str) -> None:
        try:
            if statement == WRITING:
                await adapted.begun_writing(durability)
            else:
                await adapted.committed()
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, statement, self._engine.dialect) from error


async def _undone(session: RecordSession, kept: AsyncConnection) -> None:
    """What was begun on its connection is rolled back as it goes back to the others: the next writer takes one of them."""
    try:
        await session.close()
    finally:
        await kept.close()
