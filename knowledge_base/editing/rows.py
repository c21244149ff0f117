"""Rows of one entry for changes: locked, checked, and written with the decision."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models.entries import Conflict, EntryRow, Revision, Step
from core.entry import Entry
from knowledge_base.editing.errors import EditRefused
from knowledge_base.entries.import_rows import lock_collection
from knowledge_base.entries.safety import unsafe


async def locked(session: AsyncSession, collection: str, page: str) -> EntryRow | None:
    """Returns the entry's row, locked until the end of the transaction. Imports of its collection wait meanwhile."""
    await lock_collection(session, collection, shared=True)
    query = select(EntryRow).where(EntryRow.collection == collection, EntryRow.id == page).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def at_head(session: AsyncSession, collection: str, page: str, head: int | None) -> EntryRow:
    """Returns the locked row. Raises ``EditRefused``: missing; moved_on if ``head`` is given and is no longer the entry's."""
    row = await locked(session, collection, page)
    if row is None:
        raise EditRefused("missing", f"{collection}/{page}")
    if head is not None and row.head != head:
        raise EditRefused("moved_on", f"{collection}/{page}")
    return row


async def revision(session: AsyncSession, collection: str, page: str, version: int) -> Revision:
    """Returns one revision. Raises ``EditRefused``: missing."""
    found = await session.get(Revision, (collection, page, version))
    if found is None:
        raise EditRefused("missing", f"{collection}/{page}")
    return found


def content(row: Revision | EntryRow) -> Entry:
    """Returns the entry in the row."""
    return Entry.model_validate(row.content)


def append(
    session: AsyncSession, row: EntryRow, entry: Entry, *, author: str, reason: str, status: str = "draft", parent: int | None
) -> Entry:
    """Saves ``entry`` as the newest revision and the new head of ``row``. Returns it with its number.

    Raises ``EditRefused``: unsafe, for content that an import would refuse. So every saved entry can be exported and imported
    again.
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


def set_content(row: EntryRow, entry: Entry) -> None:
    """Makes ``entry`` the content of ``row``: the content that citizens get, if it is published."""
    row.version = entry.version
    row.digest = entry.digest()
    row.content = entry.model_dump(mode="json")
    row.title = entry.title
    row.locale = entry.locale


def record_step(
    session: AsyncSession, row: EntryRow, action: str, *, author: str, reason: str = "", version: int | None = None
) -> None:
    """Records a decision about a revision (the head by default)."""
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
    """Returns the conflict of the entry that waits for a decision."""
    query = select(Conflict).where(
        Conflict.collection == row.collection, Conflict.entry_id == row.id, Conflict.resolved_at.is_(None)
    )
    return (await session.execute(query)).scalar_one_or_none()
