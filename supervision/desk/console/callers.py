"""Access to the console: who may use it, and on which conversation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from core.identity import Right, Staff
from core.identity.conversation_access import require
from core.identity.staff import staff_names
from core.problems import Problem
from desk import signed_in
from desk.shell import shell_of
from supervision.handoffs.handoff_actions import Claim, Refused
from supervision.handoffs.listing import ListedHandoff, find_by_id

Supervisor = Annotated[Staff, Depends(signed_in(Right.HANDLE_CONVERSATIONS))]
Administrator = Annotated[Staff, Depends(signed_in(Right.MANAGE_SERVICE))]


@dataclass(frozen=True, slots=True)
class OpenedHandoff:
    """A handoff, and a member of staff who may see its conversation and act on it."""

    staff: Staff
    listed: ListedHandoff

    def claim(self, fencing: int) -> Claim:
        """Returns the claim that an action relies on; the action checks whether it is still valid."""
        return Claim(self.listed.id, self.staff.id, fencing)


async def _open_handoff(
    request: Request, identifier: str, staff: Annotated[Staff, Depends(signed_in())]
) -> AsyncIterator[OpenedHandoff]:
    """Yields the handoff ``identifier``. Raises ``Problem`` 403 (role) or 404, and ``Denied``, which is audited.

    If the route's action is refused, raises a ``Problem`` that names the owner of the conversation.
    """
    database = shell_of(request).database
    listed = await find_by_id(database, identifier)
    if listed is None:
        if not staff.may(Right.HANDLE_CONVERSATIONS):
            raise Problem(403, "desk.desk_no_right")
        raise Problem(404, "console.refused_unknown")
    act = "read" if request.method == "GET" else request.url.path.rpartition("/")[2]
    await require(database, staff, listed.conversation, act)
    try:
        yield OpenedHandoff(staff, listed)
    except Refused as refused:
        async with database.read() as session:
            owner = (await staff_names(session)).get(refused.owner or "", refused.owner)
        status = 404 if refused.reason == "unknown" else 409
        raise Problem(status, f"console.refused_{refused.reason}", owner=owner or "–") from None


Handling = Annotated[OpenedHandoff, Depends(_open_handoff)]
