"""SQLAlchemy's session for SQLite with statements on the event loop's own thread.

SQLite finds some rows by their key in microseconds; switching to a thread takes a hundred, and ``aiosqlite`` does it four
times per statement. Only steps that may wait run in a thread: beginning a write transaction (it waits for other processes)
and a commit (it waits for the disk).
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, override

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncSession


class InlineSession(AsyncSession):
    """A session on ``engine``, a synchronous SQLite engine, for a few statements that find rows by key."""

    def __init__(self, engine: Engine, **options: Any) -> None:
        super().__init__(**options)
        self.sync_session.bind = engine

    @override
    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Runs ``statement`` in the calling thread."""
        return self.sync_session.execute(statement, params, **options)

    async def begun(self, options: dict[str, Any]) -> None:
        """Begins the transaction, in a thread, on a connection with ``options``."""
        await in_thread(partial(self.sync_session.connection, execution_options=options))

    @override
    async def commit(self) -> None:
        """Flushes the session and commits, in a thread."""
        await in_thread(self.sync_session.commit)


async def in_thread[R](call: Callable[[], R]) -> R:
    """Returns the result of ``call``, run in a thread. A cancelled caller waits until it ends: a thread cannot be cancelled."""
    running = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
