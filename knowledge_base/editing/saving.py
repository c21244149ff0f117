"""Saving: each save is a revision. A save based on an older revision is merged with the other's changes."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models.entries import Autosave, EntryRow
from core.entry import Entry
from knowledge_base.editing.errors import EditRefused, StaleSave
from knowledge_base.editing.rows import append, at_head, content, locked, revision, set_content
from knowledge_base.entries.merge import merge


async def save(database: Database, entry: Entry, *, started_from: int, author: str, reason: str) -> int:
    """Saves ``entry`` as a draft. Returns its revision, which is the new head. Saving equal content changes nothing.

    ``started_from`` is the head that the author saw, 0 for a new entry. The published revision stays published. Raises
    ``StaleSave``, and ``EditRefused``: exists, missing, unsafe.
    """
    async with database.write() as session:
        row = await locked(session, entry.collection, entry.id)
        if row is None and started_from == 0:
            version = await _create(session, entry, author=author, reason=reason)
            await _delete_unsaved_text(session, entry.collection, entry.id, author)
            await _audit(session, entry, "saved", author, {"revision": version, "reason": reason})
            return version
        if row is None or started_from == 0:
            raise EditRefused("missing" if row is None else "exists", f"{entry.collection}/{entry.id}")
        if row.head == started_from:
            version = await _save(session, row, entry, author=author, reason=reason)
            await _delete_unsaved_text(session, entry.collection, entry.id, author)
            if version != started_from:
                await _audit(session, entry, "saved", author, {"from": started_from, "revision": version, "reason": reason})
            return version
        stale = await _stale(session, row, entry, started_from)
        # Committed, so that the typed text is kept after the error page.
        await _autosave(session, entry, started_from=started_from, author=author)
    raise stale


async def restore(database: Database, collection: str, page: str, version: int, *, head: int, author: str, reason: str) -> int:
    """Saves revision ``version`` again, as a draft on top. Raises ``EditRefused``: missing, moved_on, unsafe."""
    async with database.write() as session:
        row = await at_head(session, collection, page, head)
        old = content(await revision(session, collection, page, version))
        new = await _save(session, row, old, author=author, reason=reason)
        if new != head:
            await _audit(session, old, "restored", author, {"restored": version, "revision": new, "reason": reason})
        return new


async def _audit(session: AsyncSession, entry: Entry, action: str, author: str, details: dict[str, JsonValue]) -> None:
    await session.flush()
    await record(
        session, actor=author, action=f"entry.{action}", target=f"entry:{entry.collection}/{entry.id}", details=details
    )


async def _create(session: AsyncSession, entry: Entry, *, author: str, reason: str) -> int:
    row = EntryRow(collection=entry.collection, id=entry.id, status="draft", stage="draft", latest=0, head=0, owner=author)
    row.translation_of, row.title, row.locale, row.content, row.version, row.digest = "", "", "", {}, 0, ""
    new = append(session, row, entry, author=author, reason=reason, parent=None)
    set_content(row, new)
    session.add(row)
    return new.version


async def _save(session: AsyncSession, row: EntryRow, entry: Entry, *, author: str, reason: str) -> int:
    head = await revision(session, row.collection, row.id, row.head)
    if entry.digest() == head.digest:
        return row.head
    new = append(session, row, entry, author=author, reason=reason, parent=row.head)
    row.stage, row.publish_at = "draft", None
    row.updated_at = now()
    if row.status == "draft":
        set_content(row, new)
    return new.version


async def _stale(session: AsyncSession, row: EntryRow, mine: Entry, started_from: int) -> StaleSave:
    base = content(await revision(session, row.collection, row.id, started_from))
    head = await revision(session, row.collection, row.id, row.head)
    theirs = content(head)
    # Mine first: where both changed a part, the proposal keeps the reader's own text and shows the other.
    return StaleSave(
        started_from=base,
        mine=mine,
        theirs=theirs,
        author=head.author,
        reason=head.reason,
        merged=merge(base, mine, theirs),
    )


@dataclass(frozen=True)
class UnsavedText:
    """Unsaved text."""

    entry: Entry
    started_from: int
    saved_at: datetime


async def autosave(database: Database, entry: Entry, *, started_from: int, author: str) -> None:
    """Keeps the unsaved text of ``author``, in place of an earlier one. It is not a revision and only its author sees it."""
    async with database.write() as session:
        await _autosave(session, entry, started_from=started_from, author=author)


async def unsaved_text(database: Database, collection: str, page: str, author: str) -> UnsavedText | None:
    """Returns the unsaved text of ``author`` for the entry."""
    async with database.read() as session:
        row = await session.get(Autosave, (collection, page, author))
    return None if row is None else UnsavedText(Entry.model_validate(row.content), row.started_from, row.saved_at)


async def all_unsaved_texts(database: Database, author: str) -> list[tuple[str, str, datetime]]:
    """Returns (collection, id, time) of all unsaved text of ``author``, latest first."""
    query = select(Autosave).where(Autosave.author == author).order_by(Autosave.saved_at.desc())
    async with database.read() as session:
        return [(row.collection, row.entry_id, row.saved_at) for row in await session.scalars(query)]


async def delete_unsaved_text(database: Database, collection: str, page: str, author: str) -> None:
    """Deletes the unsaved text of ``author`` for the entry."""
    async with database.write() as session:
        await _delete_unsaved_text(session, collection, page, author)


async def _autosave(session: AsyncSession, entry: Entry, *, started_from: int, author: str) -> None:
    values = {"started_from": started_from, "content": entry.model_dump(mode="json"), "saved_at": now()}
    await session.execute(
        insert_into(session, Autosave)
        .values(collection=entry.collection, entry_id=entry.id, author=author, **values)
        .on_conflict_do_update(index_elements=["collection", "entry_id", "author"], set_=values)
    )


async def _delete_unsaved_text(session: AsyncSession, collection: str, page: str, author: str) -> None:
    await session.execute(
        delete(Autosave).where(Autosave.collection == collection, Autosave.entry_id == page, Autosave.author == author)
    )
