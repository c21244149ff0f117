"""The lease of a conversation: one worker at a time, and a fencing number that stops a worker whose lease was taken meanwhile.

A worker that was stopped (paused, swapped out, cut off) may come back after its lease ran out and was taken. Its commit names
the fencing number under which it began, and is refused. Clocks of several machines must agree to about a second. A clock that
is put back leaves leases that seem to end in hours and whose owners may be gone: a lease that ends later than any lease can is
free. Its owner, if alive, keeps it by the next renewal, or finds its commit refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now, table
from core.database.conflict import insert_on
from core.database.models import Lease
from core.database.prepared import Prepared

LONGEST = timedelta(seconds=60)  # the longest duration of a lease
_LEASES = table(Lease).c


class LeaseLost(Exception):
    """Another worker has the conversation now, or it was erased. Nothing of this turn may be kept."""


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease held by this worker."""

    conversation: str
    owner: str
    fencing: int


def lease_is_free() -> ColumnElement[bool]:
    """Returns the condition for a free lease: given back, expired, or of a wrong clock. ``free_at`` returns its parameters."""
    present: Any = bindparam("present")
    too_late: Any = bindparam("too_late")
    return or_(_LEASES.owner == "", _LEASES.expires_at <= present, _LEASES.expires_at > too_late)


def free_at(present: datetime) -> dict[str, datetime]:
    """Returns the parameters of ``lease_is_free`` for the moment ``present``."""
    return {"present": present, "too_late": present + LONGEST}


async def take_lease(session: AsyncSession, conversation: str, owner: str, duration: timedelta) -> HeldLease | None:
    """Takes the lease of ``conversation`` if it is free, for at most ``LONGEST``. To be called in a writing transaction."""
    present = now()
    values = {
        "of": conversation,
        "by": owner,
        "until": present + duration,
        **free_at(present),
    }
    row = await _TAKE.first(session, values)
    return None if row is None else HeldLease(conversation, owner, row[0])


async def renew_lease(session: AsyncSession, lease: HeldLease, duration: timedelta) -> None:
    """Prolongs the lease; a ``duration`` of zero gives it back. Raises ``LeaseLost``.

    In the transaction that commits a reply, this is the fence: the row stays locked until the commit.
    """
    values = {
        "of": lease.conversation,
        "by": lease.owner,
        "under": lease.fencing,
        "until": now() + duration,
        "next": lease.owner if duration else "",
    }
    if await _RENEW.first(session, values) is None:
        raise LeaseLost


# Statements are built once: building one costs more than running it.
_RENEW = Prepared(
    update(table(Lease))
    .where(_LEASES.conversation_id == bindparam("of"), _LEASES.owner == bindparam("by"), _LEASES.fencing == bindparam("under"))
    .values(expires_at=bindparam("until"), owner=bindparam("next"))
    .returning(_LEASES.fencing)
)


def _take(dialect: str) -> Any:
    owner: Any = bindparam("by")
    until: Any = bindparam("until")
    return (
        insert_on(dialect, Lease)
        .values(conversation_id=bindparam("of"), owner=owner, fencing=1, expires_at=until)
        .on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={"owner": owner, "fencing": _LEASES.fencing + 1, "expires_at": until},
            where=lease_is_free(),
        )
        .returning(_LEASES.fencing)
    )


_TAKE = Prepared(_take)
