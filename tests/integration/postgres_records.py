"""Records on PostgreSQL with all tables and nothing in them, lent to one test after the other.

A database of its own takes the server most of a second, since it writes all pages out before it copies any, and six hundred
tests want one. Emptying it takes a few hundredths.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import asyncpg

from core.database.migrate import upgrade
from tests.integration.servers import PostgresServer

_MOST_BYTES = 1_000_000  # of one table: beyond, a new database costs less than what the deleted rows leave behind
_END_MS = 10_000

_OURS = 16_384  # the first number that PostgreSQL gives to what is not its own
_TABLES = f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND oid >= {_OURS} ORDER BY oid"
# Everything that a test may have changed of the tables themselves: such a database is not lent again.
_SHAPE = f"""SELECT md5(concat_ws('|',
  (SELECT string_agg(concat_ws(',', oid, relname, relacl, reloptions), ';' ORDER BY oid) FROM pg_class WHERE oid >= {_OURS}),
  (SELECT string_agg(concat_ws(',', attrelid, attnum, attname, atttypid, attnotnull, atthasdef), ';' ORDER BY attrelid, attnum)
   FROM pg_attribute WHERE attrelid >= {_OURS}),
  (SELECT string_agg(concat_ws(',', oid, tgenabled), ';' ORDER BY oid) FROM pg_trigger),
  (SELECT string_agg(concat_ws(',', oid, prosrc), ';' ORDER BY oid) FROM pg_proc WHERE oid >= {_OURS}),
  (SELECT string_agg(concat_ws(',', oid, convalidated), ';' ORDER BY oid) FROM pg_constraint WHERE oid >= {_OURS}),
  (SELECT string_agg(nspname, ';' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_t'),
  (SELECT string_agg(setconfig::text, ';') FROM pg_db_role_setting
   WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))))"""
_LARGEST = f"SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND oid >= {_OURS}"
_END_OTHERS = f"""SELECT pg_terminate_backend(pid, {_END_MS}) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_FROM_THE_START = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


@dataclass(frozen=True)
class _Empty:
    """What a record looks like after its migrations: its tables, and the rows that these put into them, as JSON."""

    shape: str
    tables: tuple[str, ...]
    rows: dict[str, str]

    @property
    def filled_tables(self) -> str:
        """Returns a statement that finds the tables with rows."""
        return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in self.tables)


class PostgresRecords:
    """Databases of ``server``; ``made`` of them so far.

    Each has another name whenever it is lent: nothing may be remembered of the one before.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._template = asyncio.run(server.create())
        upgrade(server.url(self._template))
        self._empty = asyncio.run(self._looked_at())
        self._spare: list[str] = []
        self.made = 0

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yields the name of an empty, migrated database."""
        name = self._spare.pop() if self._spare else asyncio.run(self._another())
        yield name
        asyncio.run(self._taken_back(name))

    async def _another(self) -> str:
        self.made += 1
        return await self._server.create(self._template)

    async def _taken_back(self, name: str) -> None:
        is_empty = False
        with suppress(asyncpg.PostgresError, OSError):  # whatever a test has made of it, the next one gets a new one
            is_empty = await self._emptied(name)
        if is_empty:
            self._spare.append(await self._server.rename(name))
        else:
            await self._server.drop(name)

    async def _emptied(self, name: str) -> bool:
        """Empties the database. Returns whether it is as it was at first; if it is not, its rows stay."""
        connection = await asyncpg.connect(self._server.dsn(name), server_settings={"default_transaction_read_only": "off"})
        try:
            await connection.execute(_END_OTHERS)
            if await connection.fetchval(_SHAPE) != self._empty.shape or await connection.fetchval(_LARGEST) > _MOST_BYTES:
                return False
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
                for row in await connection.fetch(self._empty.filled_tables):
                    await connection.execute(f"DELETE FROM {row[0]}")
                for table, rows in self._empty.rows.items():
                    await connection.execute(
                        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1)", rows
                    )
                await connection.execute(_FROM_THE_START)
            return True
        finally:
            await connection.close()

    async def _looked_at(self) -> _Empty:
        connection = await asyncpg.connect(self._server.dsn(self._template))
        try:
            tables = tuple(row[0] for row in await connection.fetch(_TABLES))
            shape = await connection.fetchval(_SHAPE)
            rows = {name: await connection.fetchval(f"SELECT json_agg(t)::text FROM {name} t") for name in tables}
            return _Empty(shape, tables, {name: found for name, found in rows.items() if found})
        finally:
            await connection.close()
