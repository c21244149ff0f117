"""The actions on entries that the pages of this part offer: on many at once, and on the one whose page it is."""

from collections.abc import Awaitable, Callable, Mapping

from core.database import Database
from knowledge_base.desk.workflow.publishing import publish, take_away
from knowledge_base.editing import steps
from knowledge_base.editing.steps import Policy, StepResult, Target
from knowledge_base.publishing.contracts import PublicationView, State
from knowledge_base.publishing.publications import decide, latest_of

type Result = tuple[list[StepResult], str]  # and the publication that was requested, if any
type Action = Callable[[Database, list[Target], str, str, Policy], Awaitable[Result]]


async def _submit(database: Database, targets: list[Target], author: str, reason: str, _policy: Policy) -> Result:
    return await steps.submit(database, targets, author=author, reason=reason), ""


async def _approve(database: Database, targets: list[Target], author: str, reason: str, policy: Policy) -> Result:
    return await steps.approve(database, targets, author=author, reason=reason, policy=policy), ""


async def _discard(database: Database, targets: list[Target], author: str, reason: str, _policy: Policy) -> Result:
    return await steps.discard(database, targets, author=author, reason=reason), ""


async def _send_back(database: Database, targets: list[Target], author: str, reason: str, _policy: Policy) -> Result:
    """Asks for changes, and drops the publication that waits."""
    results = await steps.send_back(database, targets, author=author, reason=reason)
    if results[0].code is None and (waiting := await _undecided(database, targets[0])):
        await decide(database, waiting.id, go=False, author=author)
    return results, ""


async def _check(database: Database, targets: list[Target], author: str, reason: str, policy: Policy) -> Result:
    """Has citizens' questions asked again; the page of the entry shows the result."""
    if await _undecided(database, targets[0]):
        return [StepResult(targets[0])], ""
    results, _ = await publish(database, targets, author, reason, policy)
    return results, ""


async def _publish(database: Database, targets: list[Target], author: str, reason: str, policy: Policy) -> Result:
    """Publishes what the gate has judged; requests the publication if it has not."""
    waiting = await _undecided(database, targets[0])
    if waiting is None or waiting.state != State.CHECKED:
        return await publish(database, targets, author, reason, policy)
    results = await steps.refusals(database, targets, author=author, policy=policy)
    if results[0].code is None:
        await decide(database, waiting.id, go=True, author=author)
    return results, ""


async def _undecided(database: Database, target: Target) -> PublicationView | None:
    """Returns the publication of this revision alone that was not decided yet."""
    found = await latest_of(database, target.collection, target.id, target.head or 0)
    undecided = found and not found.ended and found.state != State.APPROVED and len(found.changes) == 1
    return found if undecided else None


ON_MANY: Mapping[str, Action] = {"submit": _submit, "approve": _approve, "publish": publish, "archive": take_away}
ON_ONE: Mapping[str, Action] = {
    **ON_MANY,
    "publish": _publish,
    "check": _check,
    "send_back": _send_back,
    "discard": _discard,
}
