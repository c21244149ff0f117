"""Exports the whole knowledge base as one file: a zip of JSON lines with a manifest (docs/guides/format-export.md)."""

import asyncio
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from knowledge_base.exchange.tables import FORMAT, MANIFEST, TABLES, VERSION, Table, as_json
from knowledge_base.progress import Progress

_BATCH = 500


async def export(
    database: Database, path: Path, *, collections: Sequence[str] = (), progress: Progress | None = None
) -> dict[str, int]:
    """Writes everything (or ``collections`` only) to ``path``: entries, all revisions, steps, conflicts, golden questions;
    synonyms too if all collections are exported.

    The file appears when it is complete. Returns the number of lines of each table. ``progress(done, total)`` counts lines.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            async with database.read() as session:
                # One transaction, so that the tables are consistent while editors work.
                if not database.is_sqlite:
                    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                counts = {table.name: await _count(session, table, collections) for table in TABLES}
                counter = _RowProgress(sum(counts.values()), progress)
                files = {table.file: await _write(session, archive, table, collections, counter) for table in TABLES}
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "created": now().isoformat(timespec="seconds"),
                "collections": list(collections) or "all",
                "files": files,
            }
            archive.writestr(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        await asyncio.to_thread(part.replace, path)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return {name: int(files[f"{name}.jsonl"]["lines"]) for name in counts}


class _RowProgress:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._done, self._progress = total, 0, progress

    def add(self, lines: int) -> None:
        self._done += lines
        if self._progress is not None:
            self._progress(self._done, self._total)


def _chosen(table: Table, query: Any, collections: Sequence[str]) -> Any:
    if collections:
        query = query.where(table.columns[table.collection].in_(collections) if table.collection else false())
    return query


async def _count(session: AsyncSession, table: Table, collections: Sequence[str]) -> int:
    query = _chosen(table, select(func.count()).select_from(table.model), collections)
    found: int = (await session.execute(query)).scalar_one()
    return found


async def _write(
    session: AsyncSession, archive: zipfile.ZipFile, table: Table, collections: Sequence[str], counter: _RowProgress
) -> dict[str, Any]:
    columns = table.columns
    order = [getattr(table.model, name) for name in table.order]
    query = _chosen(table, select(*columns.values()).order_by(*order), collections)
    digest, lines = hashlib.sha256(), 0
    with archive.open(table.file, "w", force_zip64=True) as file:
        rows = await session.stream(query.execution_options(yield_per=_BATCH))
        async for batch in rows.mappings().partitions(_BATCH):
            block = await asyncio.to_thread(_lines, table, batch)
            digest.update(block)
            await asyncio.to_thread(file.write, block)
            lines += len(batch)
            counter.add(len(batch))
    return {"lines": lines, "sha256": digest.hexdigest()}


def _lines(table: Table, rows: Sequence[Any]) -> bytes:
    return b"".join(orjson.dumps(as_json(table, row), option=orjson.OPT_APPEND_NEWLINE) for row in rows)
