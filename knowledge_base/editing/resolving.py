"""Resolves a conflict between an import and local changes: part by part, mine or theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import Conflict, EntryRow
from core.entry import Entry
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.rows import append, at_head, content, open_conflict, record_step, revision
from knowledge_base.entries.merge import Merged, Side, merge


@dataclass(frozen=True)
class Dispute:
    """An open conflict in its present state: ``merged`` joins the present head with the source's version.

    ``withdrawn``: the source no longer has the entry, so there is nothing to merge.
    """

    head: int
    merged: Merged | None
    withdrawn: bool


async def dispute(database: Database, collection: str, page: str) -> Dispute:
    """Returns the open conflict of the entry. Raises ``EditRefused``: missing."""
    async with database.read() as session:
        row = await session.get(EntryRow, (collection, page))
        conflict = None if row is None else await open_conflict(session, row)
        if row is None or conflict is None:
            raise EditRefused("missing", f"{collection}/{page}")
        if conflict.theirs is None:
            return Dispute(row.head, None, withdrawn=True)
        return Dispute(row.head, await _merged(session, row, conflict, {}), withdrawn=False)


async def resolve(
    database: Database, collection: str, page: str, *, head: int, choices: Mapping[int, Side], author: str, reason: str
) -> int:
    """Closes the conflict with a draft in which each clash (by number) has the chosen side. Returns the head.

    The source's version becomes the base of the next import. If the source has withdrawn the entry, it is kept as a local
    entry. Raises ``EditRefused``: missing, moved_on.
    """
    async with database.write() as session:
        row = await at_head(session, collection, page, head)
        conflict = await open_conflict(session, row)
        if conflict is None:
            raise EditRefused("missing", f"{collection}/{page}")
        if conflict.theirs is None:
            row.base = None
        else:
            merged = await _merged(session, row, conflict, choices)
            if merged.entry.digest() != (await revision(session, collection, page, row.head)).digest:
                append(session, row, merged.entry, author=author, reason=reason, parent=row.head)
                row.stage, row.publish_at = "draft", None
            row.base = conflict.theirs
        conflict.resolved_at, conflict.resolved_by = now(), author
        record_step(session, row, "resolved", author=author, reason=reason)
        await session.flush()
        await record(session, actor=author, action="entry.resolved", target=f"entry:{collection}/{page}")
        return row.head


async def _merged(session: AsyncSession, row: EntryRow, conflict: Conflict, choices: Mapping[int, Side]) -> Merged:
    assert conflict.theirs is not None

    async def entry_of(version: int) -> Entry:
        return content(await revision(session, row.collection, row.id, version))

    base = None if conflict.base is None else await entry_of(conflict.base)
    return merge(base, await entry_of(row.head), await entry_of(conflict.theirs), choices)
