"""Places in the queue, and the expected wait for a human, from the durations of past conversations.

A process reads the places for all who wait at once, and only while a client asks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import quantiles

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.wording import Wording
from core.database import Database
from core.database.base import now
from core.database.cached_value import CachedValue
from core.database.models import Conversation, Handoff
from core.handoff import Kind, State
from supervision.handoffs.presence import PresentSupervisor, present_supervisors

WORDS = frozenset({"gateway_handoff_place", "gateway_handoff_wait"})
_FRESH_SECONDS = 2.0
_RECENT, _MOST = timedelta(days=30), 50  # past conversations from which the wait is estimated
_LEAST = 5  # conversations, below which there is no estimate
_STEP = 5  # minutes; a finer estimate would be false precision
_LONGEST = 120  # minutes; beyond, the past says little about today


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """``place`` (from 1) in the team's queue, and ``minutes`` until an answer where that is known."""

    place: int
    minutes: int | None
    channel: str
    language: str

    def text(self, wording: Wording) -> str:
        """Returns the sentence for the citizen."""
        name = "gateway_handoff_place" if self.minutes is None else "gateway_handoff_wait"
        return wording.text(name, channel=self.channel, language=self.language, place=self.place, minutes=self.minutes)


class QueuePositions:
    """The places of all who wait. The record is read at most every two seconds, for all clients."""

    def __init__(self, database: Database) -> None:
        self._cache = CachedValue[Mapping[str, QueuePosition]](
            database, read_queue_positions, {}, seconds=_FRESH_SECONDS, failure_event="standings_not_read"
        )

    async def of(self, conversation: str, *, fresh: bool = False) -> QueuePosition | None:
        """Returns the position of ``conversation``; ``None`` if it does not wait. ``fresh``: reads it now."""
        return (await self._cache.get(fresh=fresh)).get(conversation)


async def read_queue_positions(session: AsyncSession) -> dict[str, QueuePosition]:
    """Returns the positions of all who wait, by conversation; ``queue_place`` and ``expected_minutes`` return those of one."""
    rows = await session.execute(
        select(Conversation.id, Conversation.origin, Conversation.channel, Conversation.language, Handoff.team)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.state == State.WAITING, Handoff.kind == Kind.CHAT)
        .order_by(Handoff.alert.desc(), Handoff.waiting_since, Handoff.seq)
    )
    waiting = rows.all()
    if not waiting:
        return {}
    staff = await present_supervisors(session)
    recent = {origin: await recent_waits(session, origin) for origin in {row.origin for row in waiting}} if staff else {}
    places: Counter[tuple[str, str]] = Counter()
    positions = {}
    for row in waiting:
        places[row.origin, row.team] += 1
        place = places[row.origin, row.team]
        serving = [present for present in staff if present.serves(row.team, row.language)]
        minutes = minutes_to_wait(recent[row.origin], place, serving) if serving else None
        positions[row.id] = QueuePosition(place, minutes, row.channel, row.language)
    return positions


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
