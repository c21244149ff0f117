"""Absent supervisors: their conversations go back to the queue, in the old place, and each citizen is informed once."""

from contextlib import suppress

import structlog
from sqlalchemy import select

from core.database import Database
from core.database.base import now, table
from core.database.models import Handoff, Presence
from core.database.prepared import Prepared
from core.handoff import State
from supervision.handoffs.handoff_actions import CLAIMS_KEPT, Claim, Refused
from supervision.handoffs.supervisor_actions import SupervisorActions

_HANDOFFS, _PRESENCES = table(Handoff).c, table(Presence).c
_CLAIMED = Prepared(
    select(_HANDOFFS.id, _HANDOFFS.owner, _HANDOFFS.fencing, _HANDOFFS.claimed_at, _PRESENCES.until)
    .outerjoin(table(Presence), _PRESENCES.name == _HANDOFFS.owner)
    .where(_HANDOFFS.state == State.CLAIMED)
)

log = structlog.get_logger(__name__)


async def release_abandoned(database: Database, desk: SupervisorActions) -> int:
    """Gives back conversations of supervisors who are absent too long (``Presence.until``). Returns their number.

    Every worker runs it. It uses the claim as read here, so that of two workers the second one is refused.
    """
    present = now()
    (claimed,) = await database.fetch_in_thread((_CLAIMED, {}))
    released = 0
    for handoff, owner, fencing, claimed_at, until in claimed:
        # A supervisor without presence (a claim from before presences existed) gets the time of one action.
        if (until or (claimed_at or present) + CLAIMS_KEPT) > present:
            continue
        with suppress(Refused):
            await desk.release_absent(Claim(handoff, str(owner), fencing))
            released += 1
            log.info("handoff_abandoned", handoff=handoff)
    return released
