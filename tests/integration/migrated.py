"""Records with all tables and nothing in them: migrated once, then copied. Eighty migrations take a third of a second of
processor time, in PostgreSQL a second by the clock, and over a thousand tests want a record of their own."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from core.database.migrate import upgrade


async def migrated(url: str) -> None:
    """What ``core.database.migrate.upgrade_async`` makes of a SQLite record that is not there yet, at ``url``."""
    await asyncio.to_thread(copy_of_empty, Path(str(make_url(url).database)))


def copy_of_empty(path: Path) -> None:
    """Put an empty record at ``path``."""
    assert not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_empty(), path)


@cache
def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="guichet-record-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "guichet.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    assert not file.with_name("guichet.db-wal").exists()  # closed: all of it is in the file
    return file
