"""Scheduled entries whose time has come go through the gate like any other publication."""

from __future__ import annotations

from sqlalchemy import select

from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, Publication
from core.database.models.entries import Step
from knowledge_base.editing.steps import due
from knowledge_base.publishing.contracts import Change
from knowledge_base.publishing.record import request


async def request_due(database: Database) -> list[str]:
    """Ask for the publication of each entry that is due, in the name of whoever scheduled it. Returns the publications' ids.

    One that was asked for since it is due is not asked for again: it waits for a decision, or failed, and the desk shows it.
    """
    requested = []
    for collection, page, head in await due(database, now()):
        change = Change(collection=collection, entry_id=page, version=head)
        async with database.read() as session:
            row = await session.get_one(EntryRow, (collection, page))
            since = select(Publication.changes).where(Publication.created_at >= (row.publish_at or now()))
            known = {
                (one["collection"], one["entry_id"], one["version"]) for found in await session.scalars(since) for one in found
            }
            author = await session.scalar(
                select(Step.author)
                .where(Step.collection == collection, Step.entry_id == page, Step.action == "scheduled")
                .order_by(Step.seq.desc())
                .limit(1)
            )
        if (collection, page, head) not in known:
            requested.append(await request(database, [change], author=author or "scheduled", go_at_once=True))
    return requested
