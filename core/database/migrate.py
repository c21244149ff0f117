"""Brings the record's tables up to date. ``upgrade`` may run at any time, twice, or from two processes at once.

A version that is gone back to finds tables of a revision that it does not know. It works with them where all that came after
its own only adds. Names tell: a migration that the version before cannot live with begins a generation, whose number
stands before the revisions' from then on (``2.0123``); the first has none. ``tests/unit/core/test_migrations`` holds it.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from core.database.engine import Database

_SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"
_LOCK = 7_283_116_590  # any number, as long as nobody else in this PostgreSQL database locks it
_REVISION = re.compile(r"(?:(\d+)\.)?(\d{4})")


class NewerTables(Exception):
    """The tables are of a newer version, which took away or changed what this one needs. The message is their revision."""


def upgrade(url: str) -> str:
    """Apply what is missing to the record at ``url``. Returns its revision, which may be one newer than ours.

    Raises ``NewerTables``, and SQLAlchemy's errors; a failed step leaves no trace.
    """
    return asyncio.run(upgrade_async(url))


async def upgrade_async(url: str, *, revision: str = "head") -> str:
    """Returns the same from within an event loop; to an older ``revision`` where a backup of it is to be restored."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and file != ":memory:":
        await asyncio.to_thread(Path(file).parent.mkdir, parents=True, exist_ok=True)
    database = Database(url)
    try:
        async with database.write() as session:
            connection = await session.connection()
            if not database.is_sqlite:  # SQLite's write lock is already taken
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            return await connection.run_sync(_upgrade, revision)
    finally:
        await database.close()


def head() -> str:
    """Returns the revision that this code wants."""
    revision = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert revision is not None
    return revision


def current(connection: Connection) -> str | None:
    """Returns the revision that the record has, or ``None`` where there are no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def known(revision: str) -> bool:
    """Decides whether this code has the migration that makes ``revision``."""
    return any(script.revision == revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


def usable(revision: str | None) -> bool:
    """Decides whether this code works with tables of ``revision``: those that it wants, or newer ones that only add to them."""
    return revision == head() or (revision is not None and not known(revision) and adds_to(head(), revision))


def adds_to(ours: str, revision: str) -> bool:
    """Decides whether ``revision`` is a later one of our generation."""
    mine, other = _REVISION.fullmatch(ours), _REVISION.fullmatch(revision)
    return bool(mine and other and mine[1] == other[1] and mine[2] < other[2])


def _upgrade(connection: Connection, revision: str) -> str:
    found = current(connection)
    if found is not None and not known(found):
        if not usable(found):
            raise NewerTables(found)
        return found
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS))
    command.upgrade(config, revision)
    return current(connection) or ""
