"""Messages that have waited longer than usual, as one process knows them: read for all at once, and only while a client asks.

Waiting and answered messages are in the record, so the figures cover all workers and gateways. A turn costs nothing more,
because nothing is counted on its way.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.wording import Wording
from core.database import Database
from core.database.base import now, table
from core.database.cached_value import CachedValue
from core.database.models import Conversation, Message, Reply

WORDS = frozenset({"gateway_late", "gateway_crowded", "gateway_crowded_minute", "gateway_crowded_minutes"})
LATE_SECONDS = 4.0  # many times what a turn takes; a client that asks every five seconds knows before ten have passed
_CROWD = 10  # waiting messages of others: with fewer, something is slow, and others are not the cause
_RECENT = timedelta(seconds=30)  # the period over which answers per second are counted
_SPARE_SECONDS = 10  # added to an estimate: an earlier answer disappoints nobody
_EXACT_MINUTES, _STEP_MINUTES = 5, 5  # minutes given one by one, then in steps: more would be false precision
_MAX_MINUTES = 30  # minutes; beyond, the rate of the last half minute says little
_FRESH_SECONDS = 3.0  # less than the pause after a reply before a client asks (``conversations.client_updates.hub``)
# Not more often: with thousands of waiting messages a read takes a quarter of a second, in which no message is acknowledged. At
# 200 messages a second on 2,000 sockets, the p99 of acknowledgement was 164 to 206 ms with a read every three seconds, and 77
# without any.
_READING_SHARE = 1 / 60  # of the time may be spent on reading


class Waiting(NamedTuple):
    """The unanswered messages of a conversation: their number, and when the first one was received."""

    conversation: str
    language: str
    messages: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """A conversation whose answer takes longer than usual. ``crowded``: because many others wait, too.

    ``minutes``: until it is answered, rounded up, or ``None`` if unknown. ``messages``: how many of its messages wait.
    ``since``: when the first of them was received.
    """

    language: str
    crowded: bool
    minutes: int | None
    messages: int = field(compare=False)
    since: datetime = field(compare=False)

    def text(self, wording: Wording) -> str:
        """Returns the sentences for the citizen."""
        name = "gateway_crowded" if self.crowded else "gateway_late"
        if self.minutes is not None:
            name = "gateway_crowded_minute" if self.minutes == 1 else "gateway_crowded_minutes"
        return wording.text(name, language=self.language, minutes=self.minutes)


def late(waiting: Sequence[Waiting], per_second: float, moment: datetime) -> dict[str, Late]:
    """Returns the conversations of ``waiting`` that are late at ``moment``, by id. ``waiting`` is in the order in which they
    will be answered, at ``per_second`` messages a second.

    A worker stays with a conversation until nothing waits in it, so all messages of earlier conversations count as ahead.
    """
    total = sum(one.messages for one in waiting)
    late_conversations, ahead = {}, 0
    for one in waiting:
        ahead += one.messages
        if not _is_late(one.since, moment):
            continue
        # Where nothing is answered, the others cannot be named as the cause.
        crowded = per_second > 0 and total - one.messages >= _CROWD
        minutes = minutes_to_wait(ahead / per_second) if crowded else None
        late_conversations[one.conversation] = Late(one.language, crowded, minutes, one.messages, one.since)
    return late_conversations


def _is_late(since: datetime, moment: datetime) -> bool:
    return (moment - since).total_seconds() >= LATE_SECONDS


def minutes_to_wait(seconds: float) -> int | None:
    """Returns ``seconds`` in rounded minutes, or ``None`` if they are too many for an estimate."""
    minutes = ceil((seconds + _SPARE_SECONDS) / 60)
    if minutes > _EXACT_MINUTES:
        minutes = ceil(minutes / _STEP_MINUTES) * _STEP_MINUTES
    return minutes if minutes <= _MAX_MINUTES else None


class Backlog:
    """The late conversations. Reading the record takes a sixtieth of the time at most."""

    def __init__(self, database: Database) -> None:
        # Not brief: with thousands of waiting messages it takes a while, and others must be served meanwhile.
        self._late = CachedValue[Mapping[str, Late]](
            database,
            read_late,
            {},
            seconds=_FRESH_SECONDS,
            failure_event="backlog_not_read",
            busy_share=_READING_SHARE,
            brief=False,
        )

    async def of(self, conversation: str) -> Late | None:
        """Returns how ``conversation`` is late, according to the last read; ``None`` if it is not."""
        one = (await self._late.get()).get(conversation)
        return one if one and _is_late(one.since, now()) else None


async def read_late(session: AsyncSession) -> dict[str, Late]:
    """Returns by id the conversations that are late, or will be before the next read."""
    waiting = [Waiting(*row) for row in await session.execute(_WAITING)]
    present = now()
    oldest = min((one.since for one in waiting), default=present)
    moment = present + timedelta(seconds=_FRESH_SECONDS)
    if not _is_late(oldest, moment):
        return {}  # the usual case
    # Only over the time in which something waited: before that, the count shows the demand, not the capacity.
    since = max(oldest, present - _RECENT)
    count = select(func.count()).select_from(Reply).where(Reply.created_at > since, Reply.in_reply_to.is_not(None))
    answered = (await session.execute(count)).scalar_one()
    return await asyncio.to_thread(late, waiting, answered / (present - since).total_seconds(), moment)


_MESSAGES, _CONVERSATIONS = table(Message).c, table(Conversation).c
_WAITING = (
    select(_MESSAGES.conversation_id, _CONVERSATIONS.language, func.count(), func.min(_MESSAGES.received_at))
    .join_from(table(Message), table(Conversation), _CONVERSATIONS.id == _MESSAGES.conversation_id)
    .where(_MESSAGES.outcome.is_(None))
    .group_by(_MESSAGES.conversation_id, _CONVERSATIONS.language)
    .order_by(func.min(_MESSAGES.seq))
)
