"""SQLAlchemy's session for SQLite whose statements run on the event loop's own thread.

SQLite finds some rows by their key in microseconds, where a hand-over to a thread takes a hundred of them and ``aiosqlite``
makes four of each statement. What may wait is handed over: the begin of a transaction that writes waits for another process,
a commit for the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, override

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncSession


class InlineSession(AsyncSession):
    """A session on ``engine``, a synchronous one of SQLite's, for a few statements that find rows by key."""

    def __init__(self, engine: Engine, **options: Any) -> None:
        super().__init__(**options)
        self.sync_session.bind = engine

    @override
    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Run ``statement`` here and now."""
        return self.sync_session.execute(statement, params, **options)

    async def begun(self, options: dict[str, Any]) -> None:
        """Begin the transaction, in a thread, on a connection with ``options``."""
        await in_thread(partial(self.sync_session.connection, execution_options=options))

    @override
    async def commit(self) -> None:
        """Write down what the session holds and commit, in a thread."""
        await in_thread(self.sync_session.commit)


async def in_thread[R](call: Callable[[], R]) -> R:
    """Return what ``call`` returns. Who is cancelled waits until it has ended: it cannot be called back."""
    running = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
