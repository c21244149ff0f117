"""Brings the record's tables up to date. ``upgrade`` may run at any time, twice, or in two processes at once.

A version that is rolled back to finds tables of an unknown revision. It works with them if all later migrations only add.
The names tell: a migration that breaks the previous version begins a new generation, whose number then precedes the
revisions (``2.0123``); the first generation has no number. ``tests/unit/core/test_migrations`` checks this.
"""

import asyncio
import re
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from core.database.engine import Database

_SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"
_LOCK = 7_283_116_590  # any number that no other lock in this PostgreSQL database has
_REVISION = re.compile(r"(?:(\d+)\.)?(\d{4})")


class NewerTables(Exception):
    """The tables are of a newer version, which removed or changed what this one needs. The message is their revision."""


def upgrade(url: str) -> str:
    """Applies the missing migrations to the record at ``url``. Returns its revision, which may be newer than ours.

    Raises ``NewerTables``, and SQLAlchemy's errors; a failed step leaves no trace.
    """
    return asyncio.run(upgrade_async(url))


async def upgrade_async(url: str, *, revision: str = "head") -> str:
    """Returns the same within an event loop. ``revision``: an older one, to restore a backup of it."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and file != ":memory:":
        await asyncio.to_thread(Path(file).parent.mkdir, parents=True, exist_ok=True)
    async with Database(url) as database, database.write() as session:
        connection = await session.connection()
        if not database.is_sqlite:  # SQLite's write lock is already taken
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        return await connection.run_sync(_upgrade, revision)


@cache
def code_revision() -> str:
    """Returns the revision that this code needs."""
    revision = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert revision is not None
    return revision


def database_revision(connection: Connection) -> str | None:
    """Returns the record's revision, or ``None`` if there are no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def has_migration(revision: str) -> bool:
    """Decides whether this code has the migration to ``revision``."""
    return any(script.revision == revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


def works_with(revision: str | None) -> bool:
    """Decides whether this code works with tables of ``revision``: its own, or newer ones that only add to them."""
    return revision == code_revision() or (
        revision is not None and not has_migration(revision) and is_later_in_generation(code_revision(), revision)
    )


def is_later_in_generation(ours: str, revision: str) -> bool:
    """Decides whether ``revision`` is a later one of the generation of ``ours``."""
    mine, other = _REVISION.fullmatch(ours), _REVISION.fullmatch(revision)
    return bool(mine and other and mine[1] == other[1] and mine[2] < other[2])


def _upgrade(connection: Connection, revision: str) -> str:
    present = database_revision(connection)
    if present is not None and not has_migration(present):
        if not works_with(present):
            raise NewerTables(present)
        return present
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS))
    command.upgrade(config, revision)
    return database_revision(connection) or ""
