"""A record that is full or read-only, on SQLite by pragmas of each connection, on PostgreSQL for the whole database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import asyncpg
from sqlalchemy import event

from core.database import Database
from core.database.base import Base

TROUBLES = ("full", "read-only")


class Trouble(Protocol):
    async def begin(self, kind: str) -> None: ...
    async def end(self) -> None: ...


class SqliteTrouble:
    """Sets pragmas on every connection that ``database`` hands out: no further page, or no writing at all."""

    def __init__(self, database: Database) -> None:
        self._statement = ""
        for engine in database.engines:
            event.listen(engine, "checkout", self._checkout)

    async def begin(self, kind: str) -> None:
        self._statement = {"full": "PRAGMA max_page_count = 1", "read-only": "PRAGMA query_only = ON"}[kind]

    async def end(self) -> None:
        self._statement = "PRAGMA max_page_count = 1000000; PRAGMA query_only = OFF"

    def _checkout(self, connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        for statement in filter(None, self._statement.split("; ")):
            cursor.execute(statement)
        cursor.close()


class PostgresTrouble:
    """Read-only as after a failover to a standby: the connections are cut, the new ones only read.

    Full as the server itself says it (``disk_full``, 53100), by a trigger: filling a disk would need one of our own."""

    def __init__(self, database: Database) -> None:
        self._dsn = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._kind = ""

    async def begin(self, kind: str) -> None:
        self._kind = kind
        if kind == "read-only":
            await self._read_only("SET default_transaction_read_only = on")
            return
        await self._execute(
            "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$",
            *(
                f'CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON "{table}" EXECUTE FUNCTION full_disk()'
                for table in Base.metadata.tables
            ),
        )

    async def end(self) -> None:
        if self._kind == "read-only":
            await self._read_only("RESET default_transaction_read_only")
        else:
            await self._execute("DROP FUNCTION full_disk CASCADE")

    async def _read_only(self, change: str) -> None:
        name = self._dsn.rsplit("/", 1)[1].split("?")[0]
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
        await self._execute(f'ALTER DATABASE "{name}" {change}', cut)

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._dsn, server_settings={"default_transaction_read_only": "off"})
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def trouble_of(database: Database) -> Trouble:
    kinds: dict[str, Callable[[Database], Trouble]] = {"sqlite": SqliteTrouble, "postgresql": PostgresTrouble}
    return kinds[database.engine.dialect.name](database)
