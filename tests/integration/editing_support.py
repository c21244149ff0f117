"""Publishing in tests that are not about the gate: what a publication does to the record in the end."""

from __future__ import annotations

from collections.abc import Sequence

from core.database import Database
from knowledge_base.editing.listing import workflow_state
from knowledge_base.editing.steps import Policy, StepResult, Target, on_published, refusals
from knowledge_base.publishing.apply import apply_changes, complete
from knowledge_base.publishing.contracts import Change


async def publish(
    database: Database, targets: Sequence[Target], *, author: str, policy: Policy | None = None, reason: str = ""
) -> list[StepResult]:
    """Publish the head of each entry that may be, as an activated publication would."""
    decided = await refusals(database, targets, author=author, policy=policy or Policy())
    for one in decided:
        if one.code is None:
            await _apply(database, one.target, await _head(database, one.target), author, reason)
    return decided


async def take_away(database: Database, target: Target, *, author: str, reason: str = "") -> None:
    """Take an entry from citizens, as an activated publication would."""
    await _apply(database, target, None, author, reason)


async def _apply(database: Database, target: Target, version: int | None, author: str, reason: str) -> None:
    async with database.write() as session:
        change = Change(collection=target.collection, entry_id=target.id, version=version)
        await apply_changes(session, await complete(session, [change]))
        await on_published(session, [(target.collection, target.id, version)], author, reason)


async def _head(database: Database, target: Target) -> int:
    return (await workflow_state(database, target.collection, target.id)).head
