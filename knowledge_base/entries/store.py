"""The database of entries: an import's changes in one transaction, and the published content."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched

from pydantic import JsonValue
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.models.entries import EntryRow, ImportRun
from core.entry import Entry
from knowledge_base.entries.import_plan import PUBLISHED, Plan, missing_from_source, needs_contents, plan
from knowledge_base.entries.import_rows import contents_of, known_entries, lock_collection, write
from knowledge_base.errors import InvalidSource, Reason, TooManyWithdrawals, sentence
from retrieval.index.catalogue import Listed

_BATCH = 500  # rows in a statement: about 5 MB of JSON


@dataclass(frozen=True)
class Difference:
    """One entry that an import changes, for a preview. ``outcome`` is created, updated, withdrawn or conflicts."""

    id: str
    title: str
    outcome: str


@dataclass(frozen=True)
class ImportReport:
    """The result of an import (or of a dry run), in entries. ``unknown`` counts unknown elements of the source; ``rejected``
    gives the reason for each line left out; ``differences`` names the changed entries.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    conflicts: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    rejected: tuple[Reason, ...] = ()
    differences: tuple[Difference, ...] = ()

    @classmethod
    def of(cls, differences: Iterable[Difference], *, unchanged: int, rejected: tuple[Reason, ...] = ()) -> ImportReport:
        """Returns the report that counts ``differences`` by their outcome."""
        changed = tuple(differences)
        count = Counter(one.outcome for one in changed)
        return cls(
            count["created"],
            count["updated"],
            unchanged,
            count["withdrawn"],
            count["conflicts"],
            rejected=rejected,
            differences=changed,
        )


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
    partial: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Makes ``entries`` the imported content of ``collection``, in one transaction.

    Equal content is not touched. Changed content becomes a new revision. Entries that the source no longer has are withdrawn
    (their revisions stay) unless the source is only ``partial``; entries that come back are published again. Editors' changes
    are merged part by part. A part that both have changed is a conflict: the local text stays published until an editor
    decides. Entries written by editors are not touched. With ``dry_run`` nothing is written.

    Raises ``TooManyWithdrawals`` unless ``force``, and ``InvalidSource`` if an id occurs twice or there is no entry.
    """
    imported = await asyncio.to_thread(_checked, collection, list(entries))
    session_of = database.read if dry_run else database.write
    async with session_of() as session:
        if not dry_run:
            await lock_collection(session, collection)
        decided = await _plan(session, collection, imported, force=force, partial=partial)
        differences = (Difference(one.content.id, one.content.title, one.outcome) for one in decided.changes)
        report = ImportReport.of(differences, unchanged=len(decided.unchanged))
        if dry_run:
            return report
        await write(session, decided.changes, author=author, reason=reason)
        await record_import(session, report, author=author, source=source, checksum=checksum, collections=[collection])
    return report


async def record_import(
    session: AsyncSession, report: ImportReport, *, author: str, source: str, checksum: str, collections: Sequence[str]
) -> None:
    """Records an import, as the last step of its transaction; in the audit only if it changed something."""
    counts = {name: getattr(report, name) for name in ("created", "updated", "withdrawn", "conflicts")}
    collection = collections[0] if len(collections) == 1 else "*"
    session.add(ImportRun(source=source, collection=collection, checksum=checksum, unchanged=report.unchanged, **counts))
    if any(counts.values()):
        await session.flush()
        await record(
            session,
            actor=author,
            action="entries.imported",
            target=f"entries:{','.join(collections)}"[:200],
            details={"source": source[-200:], **counts},
        )


async def withdraw(database: Database, collection: str, *, author: str, reason: str) -> int:
    """Withdraws all published entries of ``collection`` that editors have not changed. Returns their number."""
    async with database.write() as session:
        await lock_collection(session, collection)
        known = await known_entries(session, collection)
        pages = [page for page, row in known.items() if row.status == PUBLISHED and not row.changed_here]
        contents = await contents_of(session, collection, pages)
        changes = [change for page in pages if (change := missing_from_source(known[page], contents[page])) is not None]
        await write(session, changes, author=author, reason=reason)
        if changes:
            details: dict[str, JsonValue] = {"count": len(changes), "reason": reason}
            target = f"entries:{collection}"
            await session.flush()
            await record(session, actor=author, action="entries.withdrawn", target=target, details=details)
    return len(changes)


async def _plan(
    session: AsyncSession, collection: str, imported_entries: dict[str, tuple[Entry, str]], *, force: bool, partial: bool
) -> Plan:
    known = await known_entries(session, collection)
    imported = [page for page, row in known.items() if row.status == PUBLISHED and row.base is not None]
    missing = [] if partial else [page for page in imported if page not in imported_entries]
    if not force and 2 * len(missing) > len(imported):
        raise _too_many(collection, len(missing), len(imported))
    to_compare = [
        page for page, (_, digest) in imported_entries.items() if page in known and needs_contents(known[page], digest)
    ]
    contents = await contents_of(session, collection, [*to_compare, *missing])
    return await asyncio.to_thread(plan, imported_entries, known, contents, missing)


async def published(database: Database, collection: str | None = None) -> list[Entry]:
    """Returns all published entries (of one collection, if given), by collection and id."""
    query = select(EntryRow.content).where(EntryRow.status == PUBLISHED).order_by(EntryRow.collection, EntryRow.id)
    if collection is not None:
        query = query.where(EntryRow.collection == collection)
    async with database.read() as session:
        rows = (await session.execute(query)).scalars().all()
    return await asyncio.to_thread(lambda: [Entry.model_validate(content) for content in rows])


async def listed(database: Database) -> list[Listed]:
    """Returns the catalogue of published entries."""
    query = select(EntryRow.collection, EntryRow.id, EntryRow.version, EntryRow.digest).where(EntryRow.status == PUBLISHED)
    async with database.read() as session:
        return [Listed(*row) for row in await session.execute(query)]


async def fetch(database: Database, wanted: Sequence[Listed]) -> list[Entry]:
    """Returns the published entries with these ids, in their present state."""
    found: list[Entry] = []
    async with database.read() as session:
        for batch in batched(wanted, _BATCH):
            names = [(one.collection, one.id) for one in batch]
            query = select(EntryRow.content).where(
                tuple_(EntryRow.collection, EntryRow.id).in_(names), EntryRow.status == PUBLISHED
            )
            found += [Entry.model_validate(content) for content in await session.scalars(query)]
    return found


def _checked(collection: str, entries: Sequence[Entry]) -> dict[str, tuple[Entry, str]]:
    """Returns the entries with their digests, by id."""
    found: dict[str, tuple[Entry, str]] = {}
    for entry in entries:
        if entry.collection != collection:
            raise ValueError(f"entry {entry.id} is of collection {entry.collection}, not {collection}")
        if entry.id in found:
            raise InvalidSource(*sentence("id_twice_in_source", id=entry.id))
        found[entry.id] = (entry, entry.digest())
    if not found:
        raise InvalidSource(*sentence("no_entry"))
    return found


def _too_many(collection: str, missing: int, published_: int) -> TooManyWithdrawals:
    return TooManyWithdrawals(*sentence("too_many_withdrawals", missing=missing, published=published_, collection=collection))
