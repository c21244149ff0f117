"""A record on PostgreSQL that is lent again is as empty as a new one; one whose tables were changed is not lent again."""

from __future__ import annotations

import asyncpg
import pytest

from core.audit import record
from core.database import Database
from core.database.models import SignInFailure
from tests.apart import apart
from tests.integration.postgres_records import PostgresRecords
from tests.integration.servers import PostgresServer

_NAMES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace"

_LEFT_OPEN: list[asyncpg.Connection] = []


async def _everything(dsn: str) -> dict[str, str]:
    """Every row of every table, and where every sequence stands."""
    connection = await asyncpg.connect(dsn)
    names = [row[0] for row in await connection.fetch(_NAMES)]
    found = {
        name: str(await connection.fetchval(f'SELECT json_agg(row)::text FROM (SELECT * FROM "{name}") row')) for name in names
    }
    await connection.close()
    return found


async def _act(url: str) -> None:
    """Write what may not be deleted, and what is counted."""
    async with Database(url) as database, database.write() as session:
        await record(session, actor="a", action="test.acted", target="b")
        session.add(SignInFailure(account="a", address="b"))


async def _lock(dsn: str) -> None:
    """Leave a connection open that lets nobody near a table."""
    connection = await asyncpg.connect(dsn)
    _LEFT_OPEN.append(connection)
    await connection.execute("BEGIN")
    await connection.execute("LOCK TABLE conversations")


async def _do(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


def test_record_that_is_lent_again_is_as_at_first(postgres_records: PostgresRecords, postgres_server: PostgresServer) -> None:
    with postgres_records.lent() as first:
        at_first = apart(_everything(postgres_server.dsn(first)))
        apart(_act(postgres_server.url(first)))
        assert apart(_everything(postgres_server.dsn(first))) != at_first
        apart(_lock(postgres_server.dsn(first)))
    made = postgres_records.made
    with postgres_records.lent() as second:
        assert second != first
        assert apart(_everything(postgres_server.dsn(second))) == at_first
    assert postgres_records.made == made


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE of_tomorrow (id INTEGER)",
        "ALTER TABLE conversations ADD COLUMN of_tomorrow VARCHAR(8)",
        "ALTER TABLE audit_rows DISABLE TRIGGER ALL",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
        "DROP TABLE opt_outs",
    ],
)
def test_record_whose_tables_were_changed_is_not_lent_again(
    postgres_records: PostgresRecords, postgres_server: PostgresServer, change: str
) -> None:
    with postgres_records.lent() as first:
        at_first = apart(_everything(postgres_server.dsn(first)))
        apart(_do(postgres_server.dsn(first), change))
    made = postgres_records.made
    with postgres_records.lent() as second:
        assert apart(_everything(postgres_server.dsn(second))) == at_first
    assert postgres_records.made == made + 1
