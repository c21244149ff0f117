"""Following a conversation: every reply once, in order, from after the last one seen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Literal

from channels.http.deps import Deps
from conversations.events import QueueEvent, ReplyEvent
from conversations.following.backlog import WORDS as LATE_WORDS
from conversations.following.backlog import Late
from core.database.models import Conversation
from core.telemetry import tracing
from core.turns import Outcome
from supervision.handoffs.queue_position import WORDS, QueuePosition

_LOOK_EVERY = 12  # glances: once a minute, at what nobody told of, such as an erasure
_MOVED = (Outcome.HUMAN, Outcome.HANDOFF_WAITING)  # replies that may have changed who waits
_CALM_SECONDS = 30.0  # between two estimates of a wait: each change is read out to who does not see it


async def follow(
    deps: Deps, conversation: Conversation, after: int
) -> AsyncIterator[ReplyEvent | QueueEvent | Literal["typing", "notices"]]:
    """Replies with ``seq > after`` as they are committed, hints that one is being written, where the citizen stands in the
    queue or that the answer takes long (when that changes), and that what is said to everybody has changed. Ends at erasure.

    Listening begins before the first look, and every look begins after the last reply given: so nothing is lost between
    two looks, nothing is given twice, and news that never came costs time only.
    """
    deps.wording.require(WORDS | LATE_WORDS)
    with deps.hub.listen(conversation.id, sparing=True) as listener:
        what, glances = "reply", 0
        told = (await deps.board.state()).version
        stood: QueuePosition | None = None
        slow = Slow()
        shown: tuple[QueuePosition | None, Late | None] = None, None
        live = False  # what the first look finds was shown before, or is late by the client's own absence
        while True:
            version = (await deps.board.state()).version
            if version != told:
                told = version
                yield "notices"
            if what == "reply":
                seen = await deps.looks.at(conversation.id, after)
                if seen is None:
                    return
                for event in seen.replies:
                    after = event.seq
                    yield event
                    if live:
                        tracing.past("send", tracing.moment(event.at), time.time_ns(), within=event.message, channel="web")
                live = True
                slow.answered(sum(event.in_reply_to is not None for event in seen.replies))
                stood = await deps.queue_positions.of(
                    conversation.id, anew=any(event.outcome in _MOVED for event in seen.replies)
                )
            elif what == "typing":
                yield "typing"
            elif what == "erased":
                return
            if (stood, slow.told) != shown:
                shown = stood, slow.told
                yield queue_event(deps, *shown)
            what = await listener.wait()
            if what == "glance":
                glances += 1
                slow.look(await deps.backlog.of(conversation.id))
                if stood is not None or glances % _LOOK_EVERY == 0:
                    what = "reply"


class Slow:
    """What one client is told of an answer that takes long: at once when it does, then calmly, and no longer than it does."""

    def __init__(self) -> None:
        self.told: Late | None = None
        self._left = 0
        self._at = 0.0

    def look(self, late: Late | None) -> None:
        """Take in how it stands now."""
        moment = time.monotonic()
        if late is None or self.told is None or late.language != self.told.language:
            news = True
        else:  # a crowd that gets smaller is still why it took so long
            news = moment - self._at > _CALM_SECONDS and late.crowded >= self.told.crowded
        if news:
            self.told, self._at = late, moment
        self._left = late.messages if late else 0

    def answered(self, messages: int) -> None:
        """So many messages were answered: after the last of those that waited there is nothing to be told any more."""
        self._left -= messages
        if self._left <= 0:
            self.told = None


def queue_event(deps: Deps, position: QueuePosition | None, late: Late | None = None) -> QueueEvent:
    """What a client is told of waiting: where they stand who wait for a human, and that the assistant's answer takes long."""
    text = " ".join(each.text(deps.wording) for each in (position, late) if each)
    if position is None:
        return QueueEvent(text=text)
    return QueueEvent(place=position.place, minutes=position.minutes, text=text)
