"""Publication from the desk goes through the gate: checked first, then asked for."""

from __future__ import annotations

from core.database import Database
from knowledge_base.editing import steps
from knowledge_base.editing.steps import Decided, Policy, Target
from knowledge_base.publishing.contracts import Change
from knowledge_base.publishing.record import request as ask_for


async def ask(database: Database, targets: list[Target], author: str, reason: str, policy: Policy) -> tuple[list[Decided], str]:
    """Ask for one publication of all that may be published. Returns what was refused and why, and the publication's id (empty
    where nothing may be)."""
    decided = await steps.refusals(database, targets, author=author, policy=policy)
    ready = [one.target for one in decided if one.code is None]
    asked = ""
    if ready:
        changes = [Change(collection=one.collection, entry_id=one.id, version=one.head) for one in ready]
        asked = await ask_for(database, changes, author=author, reason=reason)
    return decided, asked


async def take_away(database: Database, target: Target, author: str, reason: str) -> None:
    """Ask that citizens no longer get the entry."""
    change = Change(collection=target.collection, entry_id=target.id, version=None)
    await ask_for(database, [change], author=author, reason=reason)
