"""Re-reads the sources that are due, one after another, on one node. What is refused changes nothing, and the desk says why."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from core.database import Database
from core.database.jobs import Jobs
from core.database.models import PageSource
from core.entry import Entry
from core.settings import Settings
from core.web.network import is_public
from knowledge_base.entries.store import ImportReport
from knowledge_base.errors import FetchFailed, ImportRefused, InvalidSource
from knowledge_base.imports import ImportOptions, import_address, import_file, import_service_public, import_travail_emploi
from knowledge_base.rereading.form import form_of, refuse_changed_form
from knowledge_base.rereading.record import (
    AUTHOR,
    CHANGED,
    REFUSED,
    UNCHANGED,
    RequestPublication,
    finish,
    last_reading,
    next_due,
)
from knowledge_base.sources.npm import fetch_newest, keep_only, newest_kept
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.sources.service_public.package import PACKAGE
from knowledge_base.sources.sites.safe_fetch import SafeFetcher, anywhere
from knowledge_base.sources.travail_emploi.convert import COLLECTION as TRAVAIL_EMPLOI
from knowledge_base.sources.travail_emploi.package import PACKAGE as LABOUR_PACKAGE

log = structlog.get_logger(__name__)

# The packages whose pages can be read, by the collection that they fill.
PACKAGES = {SERVICE_PUBLIC: PACKAGE, TRAVAIL_EMPLOI: LABOUR_PACKAGE}
_IMPORTS = {SERVICE_PUBLIC: import_service_public, TRAVAIL_EMPLOI: import_travail_emploi}
_EVERY = 30.0  # seconds between two checks
_LONGEST = timedelta(hours=2)  # a reading that takes longer is given up
_DIFFERENCES = 200  # changed entries kept for the desk
_INSIDE = re.compile(r"\./[\w-][\w.-]*")  # a folder or file in ``folder_of``: its name, and nothing below or above it


def folder_of(settings: Settings) -> Path:
    """Returns the folder whose folders and files can be named at the desk as ``./name``."""
    return settings.home / "sources"


def is_place(place: str, collection: str) -> bool:
    """Decides whether the desk may name ``place`` as the source of ``collection``."""
    package = PACKAGES.get(collection)
    if package is not None and place == package.package:
        return True
    if _INSIDE.fullmatch(place):
        return collection != TRAVAIL_EMPLOI
    return place.startswith(("https://", "http://")) and len(place) <= 500 and collection != TRAVAIL_EMPLOI


class _Stopping(Exception):
    """The process ends: the source is read again after its start."""


async def reread_periodically(
    database: Database, settings: Settings, jobs: Jobs, publish: RequestPublication, stopping: asyncio.Event
) -> None:
    """Re-reads due sources until ``stopping``."""
    while not stopping.is_set():
        try:
            if await next_due(database) is not None:
                await jobs.run(AUTHOR, partial(reread_due, database, settings, publish, stopping=stopping), every=timedelta(0))
        except _Stopping:
            return
        except Exception:
            log.error("sources_failed", exc_info=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _EVERY)


async def reread_due(
    database: Database,
    settings: Settings,
    publish: RequestPublication,
    fetcher: SafeFetcher | None = None,
    stopping: asyncio.Event | None = None,
) -> bool:
    """Re-reads the source that has been due longest. Returns false if none is. ``fetcher`` replaces that of the settings."""
    source = await next_due(database)
    if source is None:
        return False

    def stop_in_between(_done: int, _total: int) -> None:
        if stopping is not None and stopping.is_set():
            raise _Stopping

    async def check(collection: str, entries: Sequence[Entry]) -> None:
        if source.forced:
            return
        before, ids = await last_reading(database, collection)
        refuse_changed_form(before, await asyncio.to_thread(form_of, entries), ids - {entry.id for entry in entries})

    options = ImportOptions(author=AUTHOR, progress=stop_in_between, force=source.forced, check=check)
    outcome, report = await _read(database, settings, source, fetcher, options)
    publication = await finish(database, source.collection, outcome, report, publish)
    error = report.get("error", {}).get("fr", "")
    log.info("source_read", collection=source.collection, outcome=outcome, reason=error, publication=publication)
    return True


async def _read(
    database: Database, settings: Settings, source: PageSource, fetcher: SafeFetcher | None, options: ImportOptions
) -> tuple[str, dict[str, Any]]:
    """Returns the outcome and its report."""
    try:
        async with asyncio.timeout(_LONGEST.total_seconds()):
            report = await _import(database, settings, source, fetcher, options)
    except (ImportRefused, FetchFailed) as refused:
        return REFUSED, {"error": {"fr": refused.fr, "en": refused.en}}
    except _Stopping:
        raise
    except Exception as error:  # whatever it is, the entries stay, and the next source is read
        log.error("source_failed", collection=source.collection, exc_info=True)
        name = type(error).__name__
        fr = f"La lecture a échoué ({name}) : rien n'a changé. Le journal du service dit pourquoi."
        return REFUSED, {"error": {"fr": fr, "en": f"The reading failed ({name}): nothing has changed. The log says why."}}
    counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged", "withdrawn", "conflicts")}
    differences = [asdict(one) for one in report.differences[:_DIFFERENCES]]
    outcome = CHANGED if report.differences else UNCHANGED
    return outcome, {**counts, "rejected": len(report.rejected), "differences": differences}


async def _import(
    database: Database, settings: Settings, source: PageSource, fetcher: SafeFetcher | None, options: ImportOptions
) -> ImportReport:
    place, collection, home = source.place, source.collection, settings.home
    if place.startswith(("https://", "http://")):
        allowed = fetcher or SafeFetcher(allows=anywhere if settings.import_inside else is_public)
        mapping, organisation = source.mapping, settings.organisation
        return await import_address(
            database, place, collection, home, mapping=mapping, organisation=organisation, fetcher=allowed, options=options
        )
    if (package := PACKAGES.get(collection)) is not None and place == package.package:
        kept = newest_kept(package, home)
        path = await asyncio.to_thread(fetch_newest, package, home)
        try:
            report = await _IMPORTS[collection](database, home, archive=path, options=options)
        except ImportRefused:
            if path != kept and path.name != package.file_name:
                path.unlink(missing_ok=True)  # so that no import takes it for the pages in use
            raise
        keep_only(path)
        return report
    path = folder_of(settings) / place if place.startswith("./") else Path(place)
    if not path.exists():
        raise InvalidSource(
            f"{place} n'est plus là : rien n'a changé. Remettez ce dossier ou ce fichier sous {folder_of(settings)}.",
            f"{place} is no longer there: nothing has changed. Put this folder or file back under {folder_of(settings)}.",
        )
    if collection == SERVICE_PUBLIC:
        return await import_service_public(database, home, archive=path, options=options)
    return await import_file(
        database, path, collection, mapping=source.mapping, organisation=settings.organisation, options=options
    )
