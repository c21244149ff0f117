"""SQLite for the event loop: a statement costs one hand-over to a thread, or none, where SQLAlchemy's adapter has four.

``aiosqlite`` runs each call in a thread of its connection. A cursor, a statement, its rows and the cursor's end are four
calls, and to hand one over costs more processor time than most statements here. So all four are one. Statements of a *brief*
session (``Database.read``, ``Database.write``) run on the loop's own thread: they are few, by key, and take microseconds.
What may have to wait is handed over in any case: ``BEGIN IMMEDIATE`` (for another process), a commit (for the disk).
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_

READING, WRITING, COMMIT = "BEGIN", "BEGIN IMMEDIATE", "COMMIT"

_SYNCHRONOUS = "PRAGMA synchronous={}"


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What ``create_async_engine`` takes as its ``module``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **named: Any) -> OneCall:
        """A connection to the file that SQLAlchemy names."""
        connection = aiosqlite.connect(*arguments, **named)
        connection._thread.daemon = True
        return OneCall(self, await_(connection))


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """All rows are fetched with the statement, as by SQLAlchemy's own; so nothing is left for its end to do."""

    __slots__ = ()

    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:
        return connection._conn.cursor()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._run(self._cursor.execute, operation, () if parameters is None else parameters)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        self._run(self._cursor.executemany, operation, seq_of_parameters)

    def close(self) -> None:
        self._rows.clear()

    def _run(self, method: Callable[..., Any], operation: str, parameters: Any) -> None:
        adapted = cast("OneCall", self._adapt_connection)
        self._rows = adapted.run(operation, _fetched, method, operation, parameters)


class OneCall(AsyncAdapt_aiosqlite_connection):
    """``brief``: statements of the session that has it now run on the loop's own thread. ``durability``: SQLite's
    ``synchronous``, as it was set last."""

    __slots__ = ("_free", "_writes", "brief", "durability")

    _cursor_cls = _Cursor

    def __init__(self, dbapi: Driver, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.brief = False
        self.durability = ""
        self._writes = False
        self._free = True  # nothing is under way in the thread; a caller that was cancelled does not wait for its call

    def run(self, operation: str, call: Callable[..., Any], *arguments: Any) -> Any:
        """``call``, here or in the connection's thread."""
        if operation in (READING, WRITING):
            self._writes = operation == WRITING
        here = operation == READING or (self.brief and operation != WRITING)
        try:
            return call(*arguments) if here and self._free else await_(self._hand_over(call, *arguments))
        except Exception as error:
            self._handle_exception(error)

    def begin_reading(self) -> None:
        """``BEGIN``, which waits for nothing and cannot fail: without what SQLAlchemy does around a statement."""
        raw = self._connection._conn
        self.run(READING, raw.execute, READING)

    async def begun_writing(self, durability: str) -> None:
        """``BEGIN IMMEDIATE`` of a brief session, without SQLAlchemy. Raises the driver's own errors."""
        self.brief, self._writes = True, True
        await self._hand_over(self._begin_immediately, durability)

    def _begin_immediately(self, durability: str) -> None:
        if self.durability != durability:
            self.raw.execute(_SYNCHRONOUS.format(durability))
            self.durability = durability
        self.raw.execute(WRITING)

    async def committed(self) -> None:
        """The same for a commit."""
        await self._waited_for(self._connection.commit)

    def begin_writing(self, durability: str) -> None:
        """The same for a session of SQLAlchemy's."""
        self.run(WRITING, self._begin_immediately, durability)

    @property
    def at_hand(self) -> bool:
        """Whether statements may run here and now: in a brief session's transaction, nothing being under way in the thread."""
        return self.brief and self._free and self.raw.in_transaction

    @property
    def is_writing(self) -> bool:
        """Whether a transaction that writes was begun on it."""
        return self._writes and self.raw.in_transaction

    @property
    def raw(self) -> sqlite3.Connection:
        """SQLite's own connection, which its thread and the loop's share."""
        return cast("sqlite3.Connection", self._connection._conn)

    def commit(self) -> None:
        if self._is_idle():
            return
        try:
            await_(self._waited_for(self._connection.commit))
        except Exception as error:
            self._handle_exception(error)

    def rollback(self) -> None:
        if self._is_idle():
            return  # as when a connection comes back after its commit
        try:
            if self._free and not self._writes:
                self._connection._conn.rollback()
            else:
                await_(self._waited_for(self._connection.rollback))
        except Exception as error:
            self._handle_exception(error)

    def _is_idle(self) -> bool:
        raw = self._connection._connection
        return raw is None or (self._free and not raw.in_transaction)

    async def _hand_over(self, call: Callable[..., Any], *arguments: Any) -> Any:
        return await self._waited_for(lambda: self._connection._execute(call, *arguments))

    async def _waited_for(self, begin: Callable[[], Awaitable[Any]]) -> Any:
        async with self._execute_mutex:
            self._free = False
            try:
                result = await begin()
            except Exception:
                self._free = True
                raise
            self._free = True  # the thread takes calls in turn: earlier ones have ended, too
            return result


def _fetched(method: Callable[..., sqlite3.Cursor], operation: str, parameters: Any) -> deque[Any]:
    cursor = method(operation, parameters)
    return deque(cursor.fetchall() if cursor.description else ())
