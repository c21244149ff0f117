"""Sessions on the record. Reading never blocks. A write takes SQLite's write lock at its start, so it cannot fail half-way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from core.database.fair_write_lock import FairWriteLock
from core.database.prepared import Prepared, Rows, Values
from core.database.session import InlineSession
from core.database.silent_network import CONNECT_ARGUMENTS, notice_silence

type Query = tuple[Prepared, Values]

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA secure_delete=ON",  # deleted content is overwritten; most systems' SQLite does it by default
)


LEDGER = "ledger"
_WRITES, _DURABLE = "guichet_writes", "guichet_durable"  # options of a connection
_SYNCHRONOUS = "synchronous"  # of SQLite, as last set on a connection
_NOT_DURABLE = text("SET LOCAL synchronous_commit TO OFF")  # PostgreSQL


class Database:
    """The record at ``url`` (SQLAlchemy, asynchronous driver). Use it in ``async with``, or call ``close``.

    ``ledger``: for ``core.audit``, in the ``info`` of writing sessions (``core.audit.ledger.open_record``).
    """

    def __init__(self, url: str, *, ledger: object = None) -> None:
        self._info = {LEDGER: ledger}
        self.engine: AsyncEngine = create_async_engine(
            url,
            hide_parameters=True,  # an error contains the statement, but never what a citizen wrote
            **({} if url.startswith("sqlite") else {"pool_pre_ping": True, "connect_args": CONNECT_ARGUMENTS}),
        )
        self._writing = asyncio.Lock()
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        file = self.engine.url.database if self.is_sqlite else None
        self._file = Path(file) if file and file != ":memory:" else None
        self._fair_lock = FairWriteLock(self._file) if self._file else None
        self._inline = _inline(self.engine) if self._file else None
        self.engines: list[Engine] = [self.engine.sync_engine, *filter(None, [self._inline])]
        if self.is_sqlite:
            for engine in self.engines:
                event.listen(engine, "connect", _configure_sqlite)
                event.listen(engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "connect", notice_silence)

    @asynccontextmanager
    async def read(self, *, brief: bool = False) -> AsyncIterator[AsyncSession]:
        """Yields a session that sees one consistent state and writes nothing.

        ``brief``: only for a few statements that find some rows by key, as in a turn. SQLite runs them on the event loop, so
        a statement over a whole table would block all requests of this process.
        """
        async with self._session(brief) as session:
            yield session

    async def fetch(self, *queries: Query) -> Sequence[Rows]:
        """Returns the rows of each of a few statements that read some rows by key, all from one consistent state.

        Like a brief session, at a lower cost.
        """
        if self._inline:
            return _rows(self._inline, queries)
        async with self.read() as session:
            return [await statement.rows(session, values) for statement, values in queries]

    async def fetch_in_thread(self, *queries: Query) -> Sequence[Rows]:
        """Returns the same for statements that may take longer than a look-up by key: they run in a thread, with one switch."""
        if self._inline:
            return await asyncio.to_thread(_rows, self._inline, queries)
        return await self.fetch(*queries)

    @asynccontextmanager
    async def write(self, *, brief: bool = False, durable: bool = True) -> AsyncIterator[AsyncSession]:
        """Yields a session in one transaction: committed at the end of the block, rolled back if the block raises.

        ``brief``: as in ``read``. Without ``durable`` the commit does not wait for the disk: it survives the death of any
        process, but not a power cut, unless a durable commit followed. Only for data that is worthless after a power cut
        (leases).
        """
        # SQLite allows one write at a time. Waiting here is fair and quick; SQLite's own waiting is neither.
        in_process = self._writing if self.is_sqlite else nullcontext()
        between_processes = self._fair_lock() if self._fair_lock else nullcontext()
        async with in_process, between_processes, self._session(brief, info=self._info) as session:
            options = {_WRITES: True, _DURABLE: durable}
            if isinstance(session, InlineSession):
                await session.begun(options)
            else:
                await session.connection(execution_options=options)
            if not durable and not self.is_sqlite:
                await session.execute(_NOT_DURABLE)
            yield session
            await session.commit()  # otherwise it is rolled back when the session closes

    async def purge_deleted(self, *others: Path) -> None:
        """Removes deleted content from the disk: from the record, and from ``others``, which are other SQLite files.

        Without this, SQLite's log keeps it until the next writes, which may take days. If somebody is reading or writing,
        nothing is done, so that nobody waits.
        """
        if self._file is not None:
            for file in (self._file, *others):
                await asyncio.to_thread(_empty_log, file)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.engine.dispose()
        if self._inline:
            self._inline.dispose()
        if self._fair_lock:
            self._fair_lock.close()

    def _session(self, brief: bool, **options: Any) -> AsyncSession:
        if brief and self._inline:
            return InlineSession(self._inline, expire_on_commit=False, **options)
        return AsyncSession(self.engine, expire_on_commit=False, **options)


def _empty_log(file: Path) -> None:
    if not file.exists():  # connecting would create it
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


def _inline(engine: AsyncEngine) -> Engine:
    """Returns an engine for statements on the caller's thread. It never waits for a connection: that would block the loop."""
    url = engine.url.set(drivername="sqlite")
    return create_engine(url, hide_parameters=True, max_overflow=-1, connect_args={"check_same_thread": False})


def _rows(engine: Engine, queries: Sequence[Query]) -> Sequence[Rows]:
    with engine.connect() as connection:
        return [statement.run(connection, values) for statement, values in queries]


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    # FULL: a commit that was acknowledged survives a power cut.
    durability = "FULL" if options.get(_DURABLE, True) else "NORMAL"
    if connection.info.get(_SYNCHRONOUS) != durability:
        connection.exec_driver_sql(f"PRAGMA synchronous={durability}")
        connection.info[_SYNCHRONOUS] = durability
    connection.exec_driver_sql("BEGIN IMMEDIATE")
