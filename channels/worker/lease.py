"""The lease of a conversation: one worker at a time, and a fencing number that outlives its owner's illusions.

A worker that was stopped (paused, swapped out, cut off) may come back after its lease ran out and was taken. Its commit
names the fencing number under which it began, and is refused. Clocks of several machines must agree to about a second.
A clock that is put back leaves leases that seem to end in hours, whose owners may be long gone: what ends later than any lease
can is nobody's. Its owner, if it lives, keeps it by its next renewal, or finds its commit refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Lease

LONGEST = timedelta(seconds=60)  # that a lease may be taken for


class LeaseLost(Exception):
    """Another worker has the conversation now, or it was erased. Nothing of this turn may be kept."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease in hand."""

    conversation: str
    owner: str
    fencing: int


def is_free(present: datetime) -> ColumnElement[bool]:
    """Whether a lease may be taken at ``present``: given back, run out, or left by another clock."""
    return or_(Lease.owner == "", Lease.expires_at <= present, Lease.expires_at > present + LONGEST)


async def take(session: AsyncSession, conversation: str, owner: str, duration: timedelta) -> Held | None:
    """Take the lease of ``conversation`` if nobody holds it, for ``LONGEST`` at most. Within a writing transaction."""
    present = now()
    statement = insert_into(session, Lease).values(
        conversation_id=conversation, owner=owner, fencing=1, expires_at=present + duration
    )
    row = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={"owner": owner, "fencing": Lease.fencing + 1, "expires_at": present + duration},
            where=is_free(present),
        ).returning(Lease.fencing)
    )
    fencing = row.scalar_one_or_none()
    return None if fencing is None else Held(conversation, owner, fencing)


async def hold(session: AsyncSession, held: Held, duration: timedelta) -> None:
    """Prolong the lease; a ``duration`` of zero gives it back. Raises ``LeaseLost``.

    In the transaction that commits a reply, this is the fence: the row stays locked until the commit.
    """
    row = await session.execute(
        update(Lease)
        .where(Lease.conversation_id == held.conversation, Lease.owner == held.owner, Lease.fencing == held.fencing)
        .values(expires_at=now() + duration, owner=held.owner if duration else "")
        .returning(Lease.fencing)
        .execution_options(synchronize_session=False)
    )
    if row.scalar_one_or_none() is None:
        raise LeaseLost
