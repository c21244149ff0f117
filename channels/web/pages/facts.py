"""The facts on /about: from the record, the active snapshot and the last evaluation, each only if it exists."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from sqlalchemy import func, select

from core.database import Database
from core.database.models import EntryRow, ImportRun

_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Collection:
    """The published entries of one collection. Days are ISO dates; ``imported_at`` is empty if editors wrote all entries."""

    name: str
    entries: int
    oldest: str | None
    newest: str | None
    imported_at: datetime | None


class Collections:
    """Every collection with published entries, by name; counted at most once a minute.

    Counting reads every entry (a second or more for a few thousand on SQLite); a visitor must not be able to cause that by
    reloading.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._cached: list[Collection] = []
        self._until = 0.0

    async def __call__(self) -> list[Collection]:
        async with self._lock:
            if time.monotonic() >= self._until:
                self._cached = await _count(self._database)
                self._until = time.monotonic() + _CACHE_SECONDS
        return self._cached


async def _count(database: Database) -> list[Collection]:
    verified = func.nullif(EntryRow.content["verified_on"].as_string(), "null")
    imported = select(func.max(ImportRun.finished_at)).where(ImportRun.collection == EntryRow.collection)
    query = (
        select(
            EntryRow.collection,
            func.count(),
            func.min(verified),
            func.max(verified),
            imported.correlate(EntryRow).scalar_subquery(),
        )
        .where(EntryRow.status == "published")
        .group_by(EntryRow.collection)
        .order_by(EntryRow.collection)
    )
    async with database.read() as session:
        return [Collection(*row) for row in await session.execute(query)]


def snapshot(home: Path) -> dict[str, Any] | None:
    """Returns the manifest of the active snapshot, or ``None`` while there is none."""
    try:
        version = (home / "snapshots" / "active").read_text(encoding="utf-8").strip()
        manifest = orjson.loads((home / "snapshots" / version / "manifest.json").read_bytes())
    except (OSError, ValueError):  # ValueError: an incomplete pointer or manifest
        return None
    return {"version": version, **manifest}


class Quality(BaseModel):
    """An evaluation published in ``{home}/evaluation``: ``figures`` by name, 0 to 1 or ms."""

    measured_at: datetime
    questions: int
    snapshot: str = ""
    figures: dict[str, float]


def evaluation(home: Path, name: str) -> Quality | None:
    """Returns the published figures of the evaluation ``name``, or ``None``: ``latest`` of search, ``first_reply``,
    ``equality`` (shares by way of writing), ``energy`` (of one turn)."""
    try:
        return Quality.model_validate_json((home / "evaluation" / f"{name}.json").read_bytes())
    except (OSError, ValidationError):
        return None
