"""Access to the console: who may use it, and on which conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from core.identity import Right, Staff
from core.identity.conversations import require
from core.problems import Problem
from desk import signed_in
from desk.shell import shell_of
from supervision.handoffs.listing import ListedHandoff, find_by_id

Supervisor = Annotated[Staff, Depends(signed_in(Right.HANDLE_CONVERSATIONS))]
Administrator = Annotated[Staff, Depends(signed_in(Right.MANAGE_SERVICE))]


@dataclass(frozen=True, slots=True)
class OpenedHandoff:
    """A handoff, and a member of staff who may see its conversation and act on it."""

    staff: Staff
    listed: ListedHandoff


async def _open_handoff(request: Request, identifier: str, staff: Annotated[Staff, Depends(signed_in())]) -> OpenedHandoff:
    """Returns the handoff ``identifier``. Raises ``Problem`` 403 (role) or 404, and ``Denied``, which is audited."""
    database = shell_of(request).database
    listed = await find_by_id(database, identifier)
    if listed is None:
        missing = staff.may(Right.HANDLE_CONVERSATIONS)
        raise Problem(404, "console.refused_unknown") if missing else Problem(403, "desk.desk_no_right")
    act = "read" if request.method == "GET" else request.url.path.rpartition("/")[2]
    await require(database, staff, listed.conversation, act)
    return OpenedHandoff(staff, listed)


Handling = Annotated[OpenedHandoff, Depends(_open_handoff)]
