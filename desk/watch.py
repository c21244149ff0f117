"""Detects within seconds that a session or its right has ended, by one query for all sockets and streams of this process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.database import Database
from core.identity import Right, sessions

_EVERY_SECONDS = 2.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    session: str
    right: Right
    ended: Callable[[], None]


class SessionWatch:
    """Queries the record every two seconds, while there is something to watch. A silent record ends no session."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watched: set[_Watched] = set()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, session: str, right: Right, ended: Callable[[], None]) -> Iterator[None]:
        """Calls ``ended`` once if ``session`` or its ``right`` ends while the block runs."""
        one = _Watched(session, right, ended)
        self._watched.add(one)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._watched.discard(one)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while self._watched:
            await asyncio.sleep(_EVERY_SECONDS)
            watched = list(self._watched)
            try:
                rights = await sessions.rights_of_sessions(self._database, {one.session for one in watched})
            except (SQLAlchemyError, OSError) as error:
                log.warning("session_watch_failed", error=type(error).__name__)
                continue
            for one in watched:
                if one.right not in rights.get(one.session, frozenset()) and one in self._watched:
                    self._watched.discard(one)
                    one.ended()
