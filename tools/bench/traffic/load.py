"""Writes synthetic traffic into a database with its own bulk method."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import make_url

from core.database.migrate import upgrade
from tools.bench.traffic.rows import COLUMNS, ENTRIES, Row, of_each_day, theme_of
from tools.bench.traffic.shape import Year

_ENTRY = ("collection", "id", "locale", "title", "version", "digest", "status", "content", "updated_at")


def load(url: str, year: Year, report: Callable[[int, int], None] = lambda _done, _all: None, *, entries: bool = True) -> int:
    """Writes ``year`` into the database at ``url`` (created if necessary). Returns the number of messages.

    Calls ``report(done, all)`` for each day. Without ``entries``, those of another year must exist. Raises the driver's error
    if the same year exists already.
    """
    upgrade(url)
    messages = 0
    with closing(_Sqlite(url) if url.startswith("sqlite") else _Postgres(url)) as writer:
        if entries:
            writer.write("entries", _ENTRY, _entries())
        for number, (_, tables) in enumerate(of_each_day(year), 1):
            for table, rows in tables.rows.items():
                writer.write(table, COLUMNS[table], rows)
            messages += len(tables.rows["messages"])
            report(number, year.days)
        writer.done()
    return messages


def _entries() -> list[Row]:
    """Returns entries with titles and themes, for display. They are withdrawn, so that no index ever contains them."""
    at, rows = datetime.now(UTC), []
    for number in range(ENTRIES):
        title = "Nouvelle démarche" if number == ENTRIES - 1 else f"Démarche {number}"
        content = json.dumps({"theme": [theme_of(number)]}, ensure_ascii=False)
        row: Row = ("bench", f"T{number}", "fr", title, 1, "0" * 64, "withdrawn", content, at)
        rows.append(row)
    return rows


class _Sqlite:
    """A bulk load without protection against a crash: a benchmark can be repeated."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA cache_size=-200000")

    def write(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - ours
        with self._connection:
            self._connection.executemany(statement, (tuple(map(_as_text, row)) for row in rows))

    def done(self) -> None:
        """Does nothing, in particular no ``ANALYZE``: a service's database never has one, and its statistics would make SQLite
        choose other indexes.
        """

    def close(self) -> None:
        self._connection.close()


class _Postgres:
    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: Any = self._loop.run_until_complete(asyncpg.connect(dsn))

    def write(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        copied = self._connection.copy_records_to_table(table, records=rows, columns=columns)
        self._loop.run_until_complete(copied)

    def done(self) -> None:
        """Runs ``ANALYZE``, as autovacuum does in a service's database."""
        self._loop.run_until_complete(self._connection.execute("ANALYZE"))

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


def _as_text(value: object) -> object:
    """Returns a time as SQLAlchemy writes it into SQLite: UTC without its zone."""
    return value.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(value, datetime) else value
