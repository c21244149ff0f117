"""The nightly job: a few links every few minutes, the longest unchecked first."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import batched
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import both_languages, broken_links
from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.jobs import Jobs
from core.database.models import CheckedLink, EditorTask, EntryRow
from core.entry import Entry
from core.settings import Settings
from knowledge_base.entries.store import published
from knowledge_base.quality.links.check import links_of, why_dead
from knowledge_base.sources.sites.robots import Forbidden, Robots
from knowledge_base.sources.sites.safe_fetch import FetchRefused, SafeFetcher

log = structlog.get_logger(__name__)

KIND = "link"
_AUTHOR = "links"
_JOB = "links"
_NIGHT = range(2, 6)  # local hours
_EVERY = timedelta(minutes=5)
_BATCH = 30
_AGAIN = timedelta(hours=12)  # a link is checked once a night
_NIGHTS = {"gone": 2, "unreachable": 3}  # nights in a row after which a link counts as broken
_UNCHECKED = datetime(2000, 1, 1, tzinfo=UTC)
_ROWS = 500  # in a statement
_BROKEN = or_(*((CheckedLink.why == why) & (CheckedLink.failures >= nights) for why, nights in _NIGHTS.items()))


async def watch_links(database: Database, settings: Settings, jobs: Jobs) -> bool:
    """Checks the next links if it is night and no node has just done so."""
    if now().astimezone(settings.opening.zone).hour not in _NIGHT:
        return False

    async def check() -> None:
        fetcher = SafeFetcher()
        try:
            checked, broken = await check_next(database, fetcher)
        finally:
            fetcher.close()
        log.info("links_checked", checked=checked, broken=broken)

    return await jobs.run(_JOB, check, every=_EVERY)


async def check_next(database: Database, fetcher: SafeFetcher) -> tuple[int, int]:
    """Checks a batch. Returns how many were checked, and how many of them count as broken now."""
    entries = await _entries_by_link(database)
    await _follow(database, entries)
    query = (
        select(CheckedLink)
        .where(CheckedLink.checked_at < now() - _AGAIN)
        .order_by((CheckedLink.failures == 0), CheckedLink.checked_at)
        .limit(_BATCH)
    )
    async with database.read() as session:
        batch = list(await session.scalars(query))
    found = await asyncio.to_thread(_check_all, fetcher, [row.url for row in batch])
    broken = 0
    async with database.write() as session:
        for link in batch:
            row = await session.get_one(CheckedLink, link.digest)
            row.why, row.checked_at = found[row.url], now()
            row.failures = row.failures + 1 if row.why else 0
            row.entries = sorted(set(entries.get(row.url, ()))) if row.why else []
            if row.why and row.failures >= _NIGHTS[row.why]:
                broken += 1
                await _raise_task(session, row, entries.get(row.url, ()))
            elif not row.why and link.failures:  # it works again
                await session.execute(update(EditorTask).where(_open_task(row.url)).values(closed_at=now(), closed_by=_AUTHOR))
    return len(batch), broken


async def write_broken_links(database: Database, file: Path) -> None:
    """Writes the links that count as broken to ``file``, where answers look them up."""
    async with database.read() as session:
        urls = set(await session.scalars(select(CheckedLink.url).where(_BROKEN)))
    await asyncio.to_thread(broken_links.write, file, urls)


async def broken_among(database: Database, urls: Sequence[str]) -> list[tuple[str, str]]:
    """Returns those of ``urls`` that count as broken, each with the reason."""
    query = select(CheckedLink.url, CheckedLink.why).where(_BROKEN)
    async with database.read() as session:
        broken = {row.url: row.why for row in await session.execute(query)}
    return [(url, broken[url]) for url in urls if url in broken]


async def broken_by_entry(database: Database) -> Mapping[tuple[str, str], Sequence[tuple[str, str]]]:
    """Returns the links (address, reason) that count as broken, by entry (collection, id).

    Only while the text that citizens read has them: a link that was corrected during the day is no longer shown.
    """
    async with database.read() as session:
        links = {row.url: row for row in await session.scalars(select(CheckedLink).where(_BROKEN))}
        ids = {entry for row in links.values() for entry in row.entries}
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for batch in batched(sorted(ids), _ROWS):
            query = select(EntryRow).where(EntryRow.id.in_(batch), EntryRow.status == "published")
            for entry in await session.scalars(query):
                broken = [(url, links[url].why) for url in links_of(Entry.model_validate(entry.content)) if url in links]
                if broken:
                    found[entry.collection, entry.id] = broken
    return found


async def _entries_by_link(database: Database) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in await published(database):
        for url in links_of(entry):
            found[url].append(entry.id)
    return found


async def _follow(database: Database, entries: Mapping[str, Sequence[str]]) -> None:
    """Adds the links that are new in what citizens read, and removes those that are no longer in it."""
    digests = {sha256(url.encode()).hexdigest(): url for url in entries}
    async with database.write() as session:
        known = set(await session.scalars(select(CheckedLink.digest)))
        new = [{"digest": one, "url": digests[one], "checked_at": _UNCHECKED} for one in digests.keys() - known]
        old = list(known - digests.keys())
        for start in range(0, len(new), _ROWS):
            values = [row | {"why": "", "failures": 0, "entries": []} for row in new[start : start + _ROWS]]
            await session.execute(insert_into(session, CheckedLink).values(values).on_conflict_do_nothing())
        for start in range(0, len(old), _ROWS):
            await session.execute(delete(CheckedLink).where(CheckedLink.digest.in_(old[start : start + _ROWS])))


def _check_all(fetcher: SafeFetcher, urls: Sequence[str]) -> dict[str, str]:
    """Returns why each link does not work; empty for those that work, or that may not be checked."""
    robots = Robots(fetcher)
    found = dict.fromkeys(urls, "")
    for url in urls:
        try:
            robots.check(url)
        except Forbidden:
            continue
        except FetchRefused:  # the site does not answer, which is said of the link
            pass
        why = why_dead(fetcher, url)
        found[url] = why if why in _NIGHTS else ""
    return found


def _open_task(url: str) -> ColumnElement[bool]:
    return (EditorTask.kind == KIND) & EditorTask.closed_at.is_(None) & EditorTask.note.contains(f" {url} ", autoescape=True)


async def _raise_task(session: AsyncSession, link: CheckedLink, entries: Sequence[str]) -> None:
    """Creates a task about the link, unless one is open. It names one entry, and counts the others."""
    if not entries or await session.scalar(select(EditorTask.seq).where(_open_task(link.url)).limit(1)) is not None:
        return
    gone, more = link.why == "gone", len(entries) - 1
    fr, en = (f" (autres fiches : {more})", f" (other entries: {more})") if more else ("", "")
    note = both_languages.join(
        f"Le lien {link.url} {'mène à une page disparue' if gone else 'ne répond plus'}{fr} : corrigez-le ou retirez-le.",
        f"The link {link.url} {'leads to a page that is gone' if gone else 'does not answer'}{en}: correct or remove it.",
    )
    session.add(EditorTask(kind=KIND, entry=entries[0], note=note, created_by=_AUTHOR))
    await session.flush()
    await record(session, actor=_AUTHOR, action="link.broken", target=f"entry:{entries[0]}", details={"url": link.url[:200]})
