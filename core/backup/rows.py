"""The record as lines of JSON, table by table, the same for SQLite and PostgreSQL; one transaction each way."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import batched
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, MetaData, Table, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import Database
from core.database.base import Base
from core.database.migrate import database_revision

_ROWS = 500


async def dump(database: Database, folder: Path) -> tuple[str, dict[str, int]]:
    """Writes each of our tables to ``folder/TABLE.jsonl``. Returns the schema's revision and the number of rows per table.

    All tables are read from one consistent state. Other tables in the same database (Rasa's) are left out.
    """
    async with database.engine.connect() as connection:
        if not database.is_sqlite:  # an SQLite transaction sees one state anyway
            await connection.execution_options(isolation_level="REPEATABLE READ")
        revision = await connection.run_sync(database_revision)
        if revision is None:
            raise ValueError("the record has no tables yet")
        metadata = await connection.run_sync(_reflect, sorted(Base.metadata.tables))
        counts = {}
        for table in metadata.sorted_tables:
            counts[table.name] = 0
            with (folder / f"{table.name}.jsonl").open("wb") as file:
                async for row in _rows(connection, table):
                    file.write(orjson.dumps({name: _plain(value, table, name) for name, value in row.items()}) + b"\n")
                    counts[table.name] += 1
        return revision, counts


def read_rows(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    """Yields the rows of a table in a dump, in order; none if the dump is older than the table."""
    file = folder / f"{table}.jsonl"
    if file.exists():
        with file.open("rb") as lines:
            for line in lines:
                yield _row(orjson.loads(line))


async def load(database: Database, folder: Path, tables: Sequence[str]) -> None:
    """Fills the tables in one transaction. Their schema must be that of the dump. Rows inserted by migrations are replaced."""
    async with database.write() as session:
        connection = await session.connection()
        metadata = await connection.run_sync(_reflect, tables)
        ordered = [table for table in metadata.sorted_tables if table.name in tables]
        for table in reversed(ordered):
            # The audit refuses any DELETE, even one that matches no row.
            if (await connection.execute(select(func.count()).select_from(table))).scalar_one():
                await connection.execute(delete(table))
        for table in ordered:
            lines = await asyncio.to_thread((folder / f"{table.name}.jsonl").read_bytes)
            for some in batched(lines.splitlines(), _ROWS):
                await connection.execute(insert(table), [_row(orjson.loads(line)) for line in some])
            if not database.is_sqlite:
                await _advance_sequence(connection, table)


def _reflect(connection: Connection, names: Sequence[str]) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in names)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return metadata


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[Mapping[str, Any]]:
    result = await connection.stream(select(table).order_by(*table.primary_key.columns))
    async for row in result.mappings():
        yield {str(name): value for name, value in row.items()}


async def _advance_sequence(connection: AsyncConnection, table: Table) -> None:
    """Sets PostgreSQL's sequences to continue after the loaded rows; SQLite does it by itself."""
    for column in table.primary_key.columns:
        named = {"table": table.name, "column": column.name}
        sequence = await connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
        if sequence:
            highest = select(func.coalesce(func.max(column), 0) + 1)
            await connection.execute(
                text("SELECT setval(:sequence, :next, false)"),
                {"sequence": sequence, "next": (await connection.execute(highest)).scalar_one()},
            )


def _plain(value: Any, table: Table, column: str) -> Any:
    if value is None or isinstance(table.columns[column].type, JSON):
        return None if value is None else {"json": value}
    match value:
        case datetime():
            return {"time": (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}
        case date():
            return {"date": value.isoformat()}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case Decimal():
            return {"decimal": str(value)}
        case _:
            return value


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in line.items()}


def _value(value: Any) -> Any:
    match value:
        case {"json": inner}:
            return inner
        case {"time": moment}:
            return datetime.fromisoformat(moment)
        case {"date": day}:
            return date.fromisoformat(day)
        case {"bytes": encoded}:
            return base64.b64decode(encoded)
        case {"decimal": number}:
            return Decimal(number)
        case _:
            return value
