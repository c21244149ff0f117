"""Places in the queue, as one process knows them: read for all at once, and only while a client asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.wording import Wording
from core.database import Database
from core.database.cached_value import CachedValue
from core.database.models import Conversation, Handoff
from core.handoff import Kind, State
from supervision.handoffs.expected_wait import minutes_to_wait, recent_waits
from supervision.handoffs.presence import present_supervisors

WORDS = frozenset({"gateway_handoff_place", "gateway_handoff_wait"})
_FRESH_SECONDS = 2.0


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
