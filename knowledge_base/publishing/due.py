"""Requests publications of scheduled entries whose time has come. They pass the gate like any other publication."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, Publication
from core.database.models.entries import Step
from knowledge_base.editing.rows import locked, open_conflict
from knowledge_base.editing.steps import Target, due
from knowledge_base.publishing.contracts import Change
from knowledge_base.publishing.publications import request_in


async def request_due(database: Database) -> list[str]:
    """Requests the publication of each entry that is due, in the name of the person who scheduled it. Returns the publications'
    ids.

    No node requests an entry twice: after the first request it waits for a decision, or has failed, and the desk shows it. An
    entry with an open conflict between an import and editors waits until the conflict is resolved.
    """
    requested = []
    for target in await due(database, now()):
        async with database.write() as session:
            row = await locked(session, target.collection, target.id)
            if row is None or not await _waits(session, row, target):
                continue
            change = Change(collection=row.collection, entry_id=row.id, version=row.head)
            author = await _scheduler(session, row)
            requested.append(await request_in(session, [change], author=author, go_at_once=True))
    return requested


async def _waits(session: AsyncSession, row: EntryRow, target: Target) -> bool:
    """Decides whether the entry is still scheduled as found, and has not been requested yet."""
    if row.stage != "scheduled" or row.head != target.head or row.publish_at is None or row.publish_at > now():
        return False
    if await open_conflict(session, row) is not None:
        return False
    since = select(Publication.changes).where(Publication.created_at >= row.publish_at)
    known = {(one["collection"], one["entry_id"], one["version"]) for found in await session.scalars(since) for one in found}
    return (row.collection, row.id, row.head) not in known


async def _scheduler(session: AsyncSession, row: EntryRow) -> str:
    query = (
        select(Step.author)
        .where(Step.collection == row.collection, Step.entry_id == row.id, Step.action == "scheduled")
        .order_by(Step.seq.desc())
        .limit(1)
    )
    return await session.scalar(query) or "scheduled"
