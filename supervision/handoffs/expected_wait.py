"""The expected wait for a human, from the durations of past conversations; none where that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import quantiles

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now
from core.database.models import Conversation, Handoff
from core.handoff import Kind, State
from supervision.handoffs.presence import PresentSupervisor, present_supervisors

_RECENT, _MOST = timedelta(days=30), 50
_LEAST = 5  # conversations, below which there is no estimate
_STEP = 5  # minutes; a finer estimate would be false precision
_LONGEST = 120  # minutes; beyond, the past says little about today


@dataclass(frozen=True, slots=True)
class RecentWaits:
    """Recent conversations with a human, latest first: seconds from the request to the claim, and from the claim to the end."""

    waited: Sequence[float]
    handled: Sequence[float]


def minutes_to_wait(recent_waits: RecentWaits, place: int, staff: Sequence[PresentSupervisor]) -> int | None:
    """Returns the minutes until the citizen at ``place`` (from 1) is answered, rounded up to five; ``None`` if unknown.

    A citizen beyond the free places waits until enough conversations have ended. Each is assumed to take as long as the upper
    quartile of recent ones. The time to notice a request is added: the lower quartile of recent waits. ``staff``: the
    supervisors to whom the conversation may come.
    """
    slots = sum(present.duty.capacity for present in staff)
    if not slots or min(len(recent_waits.handled), len(recent_waits.waited)) < _LEAST:
        return None
    free = sum(max(0, present.duty.capacity - present.claims) for present in staff)
    queued = max(0, place - free)
    seconds = quantiles(recent_waits.waited, n=4)[0] + queued * quantiles(recent_waits.handled, n=4)[2] / slots
    minutes = ceil(max(seconds, 1) / 60 / _STEP) * _STEP
    return minutes if minutes <= _LONGEST else None


async def recent_waits(session: AsyncSession, origin: str) -> RecentWaits:
    """Returns recent conversations of the same origin: demonstrations say nothing about citizens, nor the reverse."""
    rows = await session.execute(
        select(Handoff.waiting_since, Handoff.claimed_at, Handoff.closed_at)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.kind == Kind.CHAT,
            Handoff.state.in_((State.CLOSED, State.RETURNED)),
            Handoff.waiting_since.is_not(None),
            Handoff.claimed_at.is_not(None),
            Handoff.closed_at > now() - _RECENT,
            Conversation.origin == origin,
        )
        .order_by(Handoff.closed_at.desc())
        .limit(_MOST)
    )
    handoffs = rows.all()
    return RecentWaits(
        [(row.claimed_at - row.waiting_since).total_seconds() for row in handoffs],
        [(row.closed_at - row.claimed_at).total_seconds() for row in handoffs],
    )


async def expected_minutes(session: AsyncSession, handoff: Handoff, conversation: Conversation, place: int) -> int | None:
    """Returns the minutes that the citizen at ``place`` may expect to wait; ``None`` if unknown."""
    staff = [present for present in await present_supervisors(session) if present.serves(handoff.team, conversation.language)]
    return minutes_to_wait(await recent_waits(session, conversation.origin), place, staff) if staff else None
