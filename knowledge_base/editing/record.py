"""Rows of one entry, as those who change it need them: locked, checked, and written with what was decided."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models.entries import Conflict, EntryRow, Revision, Step
from core.entry import Entry
from knowledge_base.editing.errors import EditRefused
from knowledge_base.safety import unsafe
from knowledge_base.writing import lock_collection


async def locked(session: AsyncSession, collection: str, page: str) -> EntryRow | None:
    """The entry's row, which nobody else changes until the transaction ends; no import of its collection runs meanwhile."""
    await lock_collection(session, collection, shared=True)
    query = select(EntryRow).where(EntryRow.collection == collection, EntryRow.id == page).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def at_head(session: AsyncSession, collection: str, page: str, head: int | None) -> EntryRow:
    """Returns the same. Raises ``EditRefused``: missing; moved_on where ``head`` is given and is no longer the entry's."""
    row = await locked(session, collection, page)
    if row is None:
        raise EditRefused("missing", f"{collection}/{page}")
    if head is not None and row.head != head:
        raise EditRefused("moved_on", f"{collection}/{page}")
    return row


async def revision(session: AsyncSession, collection: str, page: str, version: int) -> Revision:
    """One revision. Raises ``EditRefused``: missing."""
    found = await session.get(Revision, (collection, page, version))
    if found is None:
        raise EditRefused("missing", f"{collection}/{page}")
    return found


def content(row: Revision | EntryRow) -> Entry:
    """Returns what the row holds."""
    return Entry.model_validate(row.content)


def append(
    session: AsyncSession, row: EntryRow, entry: Entry, *, author: str, reason: str, status: str = "draft", parent: int | None
) -> Entry:
    """Save ``entry`` as the newest revision and the new head of ``row``. Returns it with its number.

    Raises ``EditRefused``: unsafe, for what no import would take, so that whatever is saved can be exported and brought back.
    """
    if unsafe(entry) is not None:
        raise EditRefused("unsafe", f"{row.collection}/{row.id}")
    new = entry.model_copy(update={"id": row.id, "collection": row.collection, "version": row.latest + 1})
    session.add(
        Revision(
            collection=row.collection,
            entry_id=row.id,
            version=new.version,
            digest=new.digest(),
            status=status,
            content=new.model_dump(mode="json"),
            author=author,
            reason=reason,
            parent=parent,
        )
    )
    row.latest = row.head = new.version
    return new


def show(row: EntryRow, entry: Entry) -> None:
    """Make ``entry`` the content of ``row``: what citizens get, if it is published."""
    row.version = entry.version
    row.digest = entry.digest()
    row.content = entry.model_dump(mode="json")
    row.title = entry.title
    row.locale = entry.locale


def note(
    session: AsyncSession, row: EntryRow, action: str, *, author: str, reason: str = "", version: int | None = None
) -> None:
    """Note a decision about a revision (the head, if no other is named)."""
    session.add(
        Step(
            collection=row.collection,
            entry_id=row.id,
            version=row.head if version is None else version,
            action=action,
            author=author,
            reason=reason,
        )
    )


async def open_conflict(session: AsyncSession, row: EntryRow) -> Conflict | None:
    """Returns the conflict that waits for a decision about the entry."""
    query = select(Conflict).where(
        Conflict.collection == row.collection, Conflict.entry_id == row.id, Conflict.resolved_at.is_(None)
    )
    return (await session.execute(query)).scalar_one_or_none()
