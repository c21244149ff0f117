"""The record of entries: what an import creates, changes and withdraws, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from sqlalchemy import Update, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.models.entries import EntryRow, ImportRun, Revision
from core.entry import Entry
from knowledge_base.errors import InvalidSource, TooManyWithdrawals
from retrieval.catalogue import Listed

PUBLISHED = "published"
WITHDRAWN = "withdrawn"
_BATCH = 500  # rows a statement: some 5 MB of JSON


@dataclass(frozen=True)
class ImportReport:
    """What an import did, in entries. ``unknown`` counts source elements nobody has described; ``rejected`` says, line by
    line, what was left out and why."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    version: int
    digest: str
    status: str


@dataclass(frozen=True)
class _Change:
    """One new revision of an entry."""

    entry: Entry
    digest: str
    status: str
    is_new: bool


async def upsert(
    database: Database,
    collection: str,
    entries: Iterable[Entry],
    *,
    source: str,
    checksum: str,
    author: str,
    reason: str,
    force: bool = False,
) -> ImportReport:
    """Make ``entries`` the published content of ``collection``: all of it, in one transaction.

    Equal content is left alone; changed content becomes a new revision; what is absent from ``entries`` is withdrawn (its
    revisions stay), and what comes back is published again. Raises ``TooManyWithdrawals`` unless ``force``, and
    ``InvalidSource`` where an id stands twice or there is no entry at all.
    """
    given = await asyncio.to_thread(_checked, collection, list(entries))
    async with database.write() as session:
        if not database.is_sqlite:  # SQLite has one writer anyway; elsewhere two imports of a collection take turns
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(collection))))
        known = await _known(session, collection)
        missing = [page for page, row in known.items() if row.status == PUBLISHED and page not in given]
        published = sum(row.status == PUBLISHED for row in known.values())
        if not force and 2 * len(missing) > published:
            raise _too_many(collection, len(missing), published)
        changes = [change for page, (entry, digest) in given.items() if (change := _changed(entry, digest, known.get(page)))]
        withdrawals = await _withdrawals(session, collection, missing)
        await _save(session, [*changes, *withdrawals], author=author, reason=reason)
        created = sum(change.is_new for change in changes)
        report = ImportReport(
            created=created,
            updated=len(changes) - created,
            unchanged=len(given) - len(changes),
            withdrawn=len(withdrawals),
        )
        session.add(
            ImportRun(
                source=source,
                collection=collection,
                checksum=checksum,
                created=report.created,
                updated=report.updated,
                unchanged=report.unchanged,
                withdrawn=report.withdrawn,
            )
        )
    return report


async def withdraw(database: Database, collection: str, *, author: str, reason: str) -> int:
    """Withdraw every published entry of ``collection``; their revisions stay. Returns how many there were."""
    async with database.write() as session:
        known = await _known(session, collection)
        withdrawals = await _withdrawals(session, collection, [page for page, row in known.items() if row.status == PUBLISHED])
        await _save(session, withdrawals, author=author, reason=reason)
    return len(withdrawals)


async def published(database: Database, collection: str | None = None) -> list[Entry]:
    """All published entries (of one collection, if given), by collection and id."""
    query = select(EntryRow.content).where(EntryRow.status == PUBLISHED).order_by(EntryRow.collection, EntryRow.id)
    if collection is not None:
        query = query.where(EntryRow.collection == collection)
    async with database.read() as session:
        rows = (await session.execute(query)).scalars().all()
    return await asyncio.to_thread(lambda: [Entry.model_validate(content) for content in rows])


async def listed(database: Database) -> list[Listed]:
    """What is published, without its content."""
    query = select(EntryRow.collection, EntryRow.id, EntryRow.version, EntryRow.digest).where(EntryRow.status == PUBLISHED)
    async with database.read() as session:
        return [Listed(*row) for row in await session.execute(query)]


async def fetch(database: Database, wanted: Sequence[Listed]) -> list[Entry]:
    """The published entries with these ids, as they stand now."""
    names: dict[str, list[str]] = {}
    for one in wanted:
        names.setdefault(one.collection, []).append(one.id)
    found: list[Entry] = []
    async with database.read() as session:
        for collection, ids in names.items():
            for batch in batched(ids, _BATCH):
                query = select(EntryRow.content).where(
                    EntryRow.collection == collection, EntryRow.id.in_(batch), EntryRow.status == PUBLISHED
                )
                rows = (await session.execute(query)).scalars().all()
                found += [Entry.model_validate(content) for content in rows]
    return found


def _checked(collection: str, entries: Sequence[Entry]) -> dict[str, tuple[Entry, str]]:
    """The entries and their digests by id."""
    found: dict[str, tuple[Entry, str]] = {}
    for entry in entries:
        if entry.collection != collection:
            raise ValueError(f"entry {entry.id} is of collection {entry.collection}, not {collection}")
        if entry.id in found:
            raise InvalidSource(
                f"L'identifiant {entry.id} figure deux fois dans la source : corrigez-la, puis relancez l'importation.",
                f"The id {entry.id} stands twice in the source: correct it, then import again.",
            )
        found[entry.id] = (entry, entry.digest())
    if not found:
        raise InvalidSource(
            "La source ne contient aucune fiche : vérifiez le fichier.", "The source holds no entry: check the file."
        )
    return found


async def _known(session: AsyncSession, collection: str) -> dict[str, _Known]:
    rows = await session.execute(
        select(EntryRow.id, EntryRow.version, EntryRow.digest, EntryRow.status).where(EntryRow.collection == collection)
    )
    return {row.id: _Known(row.version, row.digest, row.status) for row in rows}


def _changed(entry: Entry, digest: str, known: _Known | None) -> _Change | None:
    if known is None:
        return _Change(entry.model_copy(update={"version": 1}), digest, PUBLISHED, is_new=True)
    if known.digest == digest and known.status == PUBLISHED:
        return None
    return _Change(entry.model_copy(update={"version": known.version + 1}), digest, PUBLISHED, is_new=False)


async def _withdrawals(session: AsyncSession, collection: str, missing: Sequence[str]) -> list[_Change]:
    found: list[_Change] = []
    for batch in batched(missing, _BATCH):
        rows = await session.execute(
            select(EntryRow.content, EntryRow.digest).where(EntryRow.collection == collection, EntryRow.id.in_(batch))
        )
        for content, digest in rows:
            last = Entry.model_validate(content)
            found.append(_Change(last.model_copy(update={"version": last.version + 1}), digest, WITHDRAWN, is_new=False))
    return found


async def _save(session: AsyncSession, changes: Sequence[_Change], *, author: str, reason: str) -> None:
    at = now()
    for batch in batched(changes, _BATCH):
        rows = [_row(change) | {"updated_at": at} for change in batch]
        created = [row for row, change in zip(rows, batch, strict=True) if change.is_new]
        if created:
            await session.execute(insert(EntryRow.__table__), created)  # type: ignore[arg-type]
        changed = [
            {f"the_{name}": value for name, value in row.items()}
            for row, change in zip(rows, batch, strict=True)
            if not change.is_new
        ]
        if changed:
            # On the connection: the session would take many parameter sets for an ORM bulk update by primary key.
            await (await session.connection()).execute(_UPDATE, changed)
        revisions = [
            {"collection": row["collection"], "entry_id": row["id"], "author": author, "reason": reason, "created_at": at}
            | {name: row[name] for name in ("version", "digest", "status", "content")}
            for row in rows
        ]
        await session.execute(insert(Revision.__table__), revisions)  # type: ignore[arg-type]


def _row(change: _Change) -> dict[str, Any]:
    entry = change.entry
    return {
        "collection": entry.collection,
        "id": entry.id,
        "locale": entry.locale,
        "title": entry.title,
        "version": entry.version,
        "digest": change.digest,
        "status": change.status,
        "content": entry.model_dump(mode="json"),
    }


def _update_statement() -> Update:
    changing = ("locale", "title", "version", "digest", "status", "content", "updated_at")
    values: Iterator[tuple[str, Any]] = ((name, bindparam(f"the_{name}")) for name in changing)
    return (
        update(EntryRow.__table__)  # type: ignore[arg-type]
        .where(EntryRow.collection == bindparam("the_collection"), EntryRow.id == bindparam("the_id"))
        .values(dict(values))
    )


_UPDATE = _update_statement()


def _too_many(collection: str, missing: int, published_: int) -> TooManyWithdrawals:
    return TooManyWithdrawals(
        f"Cette importation retirerait {missing} des {published_} fiches de « {collection} » : "
        "vérifiez que le fichier est complet, ou relancez avec --force.",
        f"This import would withdraw {missing} of the {published_} entries of '{collection}': "
        "check that the file is complete, or run it again with --force.",
    )
