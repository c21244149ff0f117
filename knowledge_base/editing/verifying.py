"""Notes that entries were read again and are still right: a new day of verification, and the same text."""

from collections.abc import Sequence
from datetime import date

from core.database import Database
from knowledge_base.editing import listing
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.replacing import save_changed
from knowledge_base.editing.steps import StepResult, Target


async def verify(database: Database, targets: Sequence[Target], day: date, *, author: str, reason: str) -> list[StepResult]:
    """Saves each published entry with ``day``, as a draft. Returns the new heads, or the refusals: those of ``save_changed``,
    and wrong_stage if somebody works on the entry or citizens do not get it.
    """
    found = []
    for target in targets:
        try:
            entry = await listing.workflow_state(database, target.collection, target.id)
        except EditRefused as refused:
            found.append(StepResult(target, refused.code))
            continue
        if entry.stage or entry.status != "published":
            found.append(StepResult(target, "wrong_stage"))
            continue
        found.append(
            await save_changed(
                database, target, lambda one: one.model_copy(update={"verified_on": day}), author=author, reason=reason
            )
        )
    return found
