"""Brings the record's tables up to date. ``upgrade`` may run at any time, twice, or from two processes at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from core.database.engine import Database

_SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"
_LOCK = 7_283_116_590  # any number, as long as nobody else in this PostgreSQL database locks it


def upgrade(url: str) -> None:
    """Apply what is missing to the record at ``url``. Raises SQLAlchemy's errors; a failed step leaves no trace."""
    asyncio.run(upgrade_async(url))


async def upgrade_async(url: str, *, revision: str = "head") -> None:
    """The same from within an event loop; to an older ``revision`` where a backup of it is to be restored."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and file != ":memory:":
        await asyncio.to_thread(Path(file).parent.mkdir, parents=True, exist_ok=True)
    database = Database(url)
    try:
        async with database.write() as session:
            connection = await session.connection()
            if not database.is_sqlite:  # SQLite's write lock is already taken
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await database.close()


def head() -> str:
    """The revision that this code wants."""
    revision = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert revision is not None
    return revision


def current(connection: Connection) -> str | None:
    """The revision that the record has, or ``None`` where there are no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS))
    command.upgrade(config, revision)
