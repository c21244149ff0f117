"""Sessions on the record. Reading never blocks; a write takes SQLite's write lock at its start, so it cannot fail half-way."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from core.database.prepared import Rows, as_sqlalchemy
from core.database.reader import Asked, Reader
from core.database.session import RecordSession
from core.database.sqlite_driver import WRITING, Driver
from core.database.turnstile import Turnstile
from core.database.writer import Writer

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA secure_delete=ON",  # what is deleted is written over; most systems' SQLite does it by itself
)


LEDGER = "ledger"
_NOT_LASTING = text("SET LOCAL synchronous_commit TO OFF")  # PostgreSQL


class Database:
    """The record at ``url`` (SQLAlchemy, asynchronous driver). Close it with ``await database.close()``.

    ``ledger``: for ``core.audit``, in the ``info`` of sessions that write (``core.audit.ledger.open_record``).
    """

    def __init__(self, url: str, *, ledger: object = None) -> None:
        self._info = {LEDGER: ledger}
        self.engine: AsyncEngine = create_async_engine(
            url,
            hide_parameters=True,  # an error names the statement, never what a citizen wrote
            **({"module": Driver()} if url.startswith("sqlite") else {"pool_pre_ping": True}),
        )
        self._brief = self.engine.execution_options(guichet_brief=True)
        self._writing = asyncio.Lock()
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        file = self.engine.url.database if self.is_sqlite else None
        self._file = Path(file) if file and file != ":memory:" else None
        self._turnstile = Turnstile(self._file) if self._file else None
        alone = None if self.engine.url.query else self._file
        self._glances, self._looks = (Reader(alone, self.engine.dialect) if alone else None for _ in range(2))
        self._writer = Writer(self._brief, self._info) if self._file else None
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self, *, brief: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that sees one consistent state and writes nothing.

        ``brief``: only for a few statements that find some rows by key, as in a turn. SQLite runs them on the event loop
        itself, so a statement that goes through a whole table would keep everybody waiting whom this process serves.
        """
        async with RecordSession(self._brief if brief else self.engine, expire_on_commit=False) as session:
            yield session

    async def glance(self, *asked: Asked) -> Sequence[Rows]:
        """What a few statements that read some rows by key give, each its rows, all of one consistent state.

        As a brief session of theirs, for less: SQLite answers on a connection that is kept for this, before anybody else has
        his turn in this process.
        """
        if self._glances:
            return self._glances.read(asked)
        async with self.read(brief=True) as session:
            return [await statement.rows(session, values) for statement, values in asked]

    async def look(self, *asked: Asked) -> Sequence[Rows]:
        """The same for statements that may take longer than by key: in a thread, for one hand-over."""
        if self._looks:
            return await asyncio.to_thread(self._looks.read, asked)
        async with self.read() as session:
            return [await statement.rows(session, values) for statement, values in asked]

    @asynccontextmanager
    async def write(self, *, brief: bool = False, lasting: bool = True) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed at the end of the block, rolled back if it raises.

        ``brief``: as in ``read``. Without ``lasting`` the commit does not wait for the disk: it survives the death of any
        process, but not a power cut, unless a lasting commit followed. Only for what is worthless after a power cut (leases).
        """
        # SQLite lets one write at a time. Waiting here is fair and quick; its own waiting is neither.
        turn = self._writing if self.is_sqlite else nullcontext()
        among_processes = self._turnstile() if self._turnstile else nullcontext()
        if self._writer and brief:
            async with turn, among_processes, self._writer(_durability(lasting)) as session:
                yield session
            return
        async with (
            turn,
            among_processes,
            RecordSession(self._brief if brief else self.engine, expire_on_commit=False, info=self._info) as session,
        ):
            await session.begun(guichet_write=True, guichet_lasting=lasting)
            if not lasting and not self.is_sqlite:
                await session.execute(_NOT_LASTING)
            try:
                yield session
            except BaseException:
                await session.rollback()
                raise
            await session.commit()

    async def shed(self, *others: Path) -> None:
        """Have what was deleted leave the disk, of the record and of ``others`` that are SQLite's beside it: its log keeps what
        was written until something else is, which may take days. Where somebody reads or writes just now, nothing is done:
        nobody waits for it."""
        if self._file is not None:
            for file in (self._file, *others):
                await asyncio.to_thread(_empty_log, file)

    async def let_go(self) -> None:
        """Give back the connection that is kept for brief writes: the next one is handed out like any other."""
        if self._writer:
            async with self._writing:
                await self._writer.close()

    async def close(self) -> None:
        for reader in filter(None, (self._glances, self._looks)):
            reader.close()
        if self._writer:
            await self._writer.close()
        await self.engine.dispose()
        if self._turnstile:
            self._turnstile.close()


def _empty_log(file: Path) -> None:
    if not file.exists():  # to connect would make it
        return
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is deferred: SQLAlchemy's `begin` event sends the right one instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _durability(lasting: bool) -> str:
    """SQLite's ``synchronous``. FULL: a commit that was acknowledged survives a power cut."""
    return "FULL" if lasting else "NORMAL"


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    adapted: Any = connection.connection.dbapi_connection
    adapted.brief = options.get("guichet_brief", False)
    if adapted.is_writing:
        return  # begun by ``Writer``
    if not options.get("guichet_write", False):
        adapted.begin_reading()
        return
    try:
        adapted.begin_writing(_durability(options.get("guichet_lasting", True)))
    except sqlite3.Error as error:
        raise as_sqlalchemy(error, WRITING, connection.dialect) from error
