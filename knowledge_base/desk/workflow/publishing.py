"""Publication from the desk goes through the gate: the request is checked first, then filed."""

from collections.abc import Sequence

from core.database import Database
from knowledge_base.editing import listing, steps
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.steps import Policy, StepResult, Target
from knowledge_base.publishing.contracts import Change
from knowledge_base.publishing.publications import request


async def publish(
    database: Database, targets: Sequence[Target], author: str, reason: str, policy: Policy
) -> tuple[list[StepResult], str]:
    """Requests one publication of all entries that may be published. Returns the refusals with their reasons, and the
    publication's id (empty if nothing may be published).
    """
    decided = await steps.refusals(database, targets, author=author, policy=policy)
    ready = [one.target for one in decided if one.code is None]
    changes = [Change(collection=one.collection, entry_id=one.id, version=one.head) for one in ready]
    return decided, await request(database, changes, author=author, reason=reason) if changes else ""


async def take_away(
    database: Database, targets: Sequence[Target], author: str, reason: str, _policy: Policy
) -> tuple[list[StepResult], str]:
    """Requests one publication that withdraws published entries, and archives the others. Returns the same as ``publish``."""
    decided: list[StepResult] = []
    changes: list[Change] = []
    for target in targets:
        try:
            entry = await listing.workflow_state(database, target.collection, target.id)
        except EditRefused as refused:
            decided.append(StepResult(target, refused.code))
            continue
        if entry.status != "published":
            decided += await steps.archive(database, [target], author=author, reason=reason)
        elif target.head not in (None, entry.head):
            decided.append(StepResult(target, "moved_on"))
        else:
            decided.append(StepResult(target))
            changes.append(Change(collection=target.collection, entry_id=target.id, version=None))
    return decided, await request(database, changes, author=author, reason=reason) if changes else ""
