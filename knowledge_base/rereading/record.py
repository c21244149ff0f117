"""The sources in the database: what is re-read, from where and when, and what came of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.conflict import upsert
from core.database.models import EntryRow, PageSource, Revision
from core.entry import Entry
from knowledge_base.entries.import_plan import PUBLISHED
from knowledge_base.rereading.form import form_of

AUTHOR = "sources"
REFUSED, CHANGED, UNCHANGED = "refused", "changed", "unchanged"
INTERVALS = (0, 24, 168, 720)  # hours: on request, daily, weekly, monthly
_ROWS = 100
_AGAIN = timedelta(hours=6)  # after a refusal, unless the source is due earlier


# Requests the publication of what a reading of the source has changed, inside the transaction; returns the publication's id.
type RequestPublication = Callable[[AsyncSession, PageSource], Awaitable[str]]


async def sources(database: Database) -> list[PageSource]:
    """Returns all sources, by collection."""
    async with database.read() as session:
        return list(await session.scalars(select(PageSource).order_by(PageSource.collection)))


async def next_due(database: Database) -> PageSource | None:
    """Returns the source that has been due longest, if there is one."""
    query = select(PageSource).where(PageSource.due_at <= now()).order_by(PageSource.due_at).limit(1)
    async with database.read() as session:
        found: PageSource | None = await session.scalar(query)
        return found


async def keep_source(
    database: Database, collection: str, place: str, author: str, *, mapping: Mapping[str, str] | None = None
) -> None:
    """Records where ``collection`` comes from. A new source is re-read weekly, for the first time in a week."""
    async with database.write() as session:
        known = await session.get(PageSource, collection)
        if known is not None and (known.place, known.mapping) == (place, dict(mapping or {})):
            return
        values: dict[str, Any] = {"place": place, "mapping": dict(mapping or {})}
        if known is None:
            new = PageSource(collection=collection, hours=INTERVALS[2], **values)
            new.due_at = now() + timedelta(hours=new.hours)
            session.add(new)
        else:
            await upsert(session, PageSource, {"collection": collection}, values)
        details: dict[str, Any] = {"place": place[:200]}
        await record(session, actor=author, action="source.kept", target=f"source:{collection}", details=details)


async def read_from_elsewhere(database: Database, collection: str, place: str) -> bool:
    """Decides whether the desk has named another source than ``place`` for ``collection``; it is then due at once."""
    async with database.write() as session:
        row = await session.get(PageSource, collection)
        if row is None or row.place == place or not row.place.startswith(("https://", "http://", "./")):
            return False
        row.due_at = now()
    return True


async def change_source(database: Database, collection: str, author: str, action: str, **values: Any) -> bool:
    """Changes a source (or deletes it: ``action`` remove). Returns false if there is none."""
    async with database.write() as session:
        row = await session.get(PageSource, collection, with_for_update=True)
        if row is None:
            return False
        if action == "remove":
            await session.delete(row)
        for name, value in values.items():
            setattr(row, name, value)
        if action == "settings":
            row.due_at = (row.ran_at or now()) + timedelta(hours=row.hours) if row.hours else None
        await record(session, actor=author, action=f"source.{action}", target=f"source:{collection}", details=values)
    return True


async def last_reading(database: Database, collection: str) -> tuple[Counter[str], set[str]]:
    """Returns the form and the ids of the published entries of ``collection``, as its source had them at the last import."""
    query = (
        select(Revision.content)
        .join(
            EntryRow,
            (EntryRow.collection == Revision.collection)
            & (EntryRow.id == Revision.entry_id)
            & (EntryRow.base == Revision.version),
        )
        .where(EntryRow.collection == collection, EntryRow.status == PUBLISHED)
    )
    form: Counter[str] = Counter()
    ids: set[str] = set()
    async with database.read() as session:
        rows = await session.stream_scalars(query.execution_options(yield_per=_ROWS))
        async for contents in rows.partitions():  # a whole collection may take 200 MB
            entries = [Entry.model_validate(content) for content in contents]
            form += form_of(entries)
            ids |= {entry.id for entry in entries}
    return form, ids


async def finish(
    database: Database, collection: str, outcome: str, report: Mapping[str, Any], request_publication: RequestPublication
) -> str:
    """Records the outcome of a reading and, if it changed anything, requests its publication. Returns the publication's id."""
    async with database.write() as session:
        row = await session.get(PageSource, collection, with_for_update=True)
        if row is None:  # removed during the reading
            return ""
        row.outcome, row.report, row.ran_at = outcome, dict(report), now()
        every = timedelta(hours=row.hours)
        row.due_at = now() + (min(every, _AGAIN) if outcome == REFUSED else every) if row.hours else None
        row.forced = False
        if outcome != CHANGED:
            return ""
        row.changed_at = row.ran_at
        return await request_publication(session, row)
