"""What /about tells: read from the record, the active snapshot and the last evaluation, each only if it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from core.database import Database
from core.database.models import EntryRow, ImportRun


@dataclass(frozen=True, slots=True)
class Collection:
    """The published entries of one collection. Days are ISO dates; ``imported_at`` is empty where editors wrote it all."""

    name: str
    entries: int
    oldest: str | None
    newest: str | None
    imported_at: datetime | None


async def collections(database: Database) -> list[Collection]:
    """Every collection that has published entries, by name."""
    verified = func.nullif(EntryRow.content["verified_on"].as_string(), "null")
    imported = (
        select(func.max(ImportRun.finished_at))
        .where(ImportRun.collection == EntryRow.collection)
        .correlate(EntryRow)
        .scalar_subquery()
    )
    query = (
        select(EntryRow.collection, func.count(), func.min(verified), func.max(verified), imported)
        .where(EntryRow.status == "published")
        .group_by(EntryRow.collection)
        .order_by(EntryRow.collection)
    )
    async with database.read() as session:
        return [Collection(*row) for row in await session.execute(query)]


def snapshot(home: Path) -> dict[str, Any] | None:
    """The manifest of the active snapshot, or ``None`` while there is none."""
    try:
        version = (home / "snapshots" / "active").read_text(encoding="utf-8").strip()
        manifest = orjson.loads((home / "snapshots" / version / "manifest.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return {"version": version, **manifest}


def quality(home: Path) -> dict[str, Any] | None:
    """The figures of the last evaluation (``./guichet eval``), or ``None``: nothing is claimed that was not measured."""
    try:
        figures = orjson.loads((home / "evaluation" / "latest.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return figures if isinstance(figures, dict) else None
