"""Following a conversation: every reply once, in order, after the last one seen."""

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

_LOOK_EVERY = 12  # glances: a full look once a minute, for changes without news, such as an erasure
_MOVED = (Outcome.HUMAN, Outcome.HANDOFF_WAITING)  # replies that may have changed who waits
_CALM_SECONDS = 30.0  # between two estimates of a wait: screen readers read each change aloud


async def follow(
    deps: Deps, conversation: Conversation, after: int
) -> AsyncIterator[ReplyEvent | QueueEvent | Literal["typing", "notices"]]:
    """Yields replies with ``seq > after`` as they are committed; hints that one is being written; changes of the place in the
    queue or of a long wait; and changes of the notices to everybody. Ends at erasure.

    Listening begins before the first look, and every look begins after the last reply given: nothing is lost between two looks,
    nothing comes twice, and lost news only costs time.
    """
    deps.wording.require(WORDS | LATE_WORDS)
    with deps.hub.listen(conversation.id, sparing=True) as listener:
        what, glances = "reply", 0
        told = (await deps.board.state()).version
        stood: QueuePosition | None = None
        slow = Slow()
        shown: tuple[QueuePosition | None, Late | None] = None, None
        live = False  # replies of the first look were shown before, or are late because the client was away
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
                        tracing.record_span(
                            "send", tracing.nanoseconds(event.at), time.time_ns(), within=event.message, channel="web"
                        )
                live = True
                slow.answered(sum(event.in_reply_to is not None for event in seen.replies))
                stood = await deps.queue_positions.of(
                    conversation.id, fresh=any(event.outcome in _MOVED for event in seen.replies)
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
    """What one client knows of a slow answer: reported at once, then at longer intervals, until it is answered."""

    def __init__(self) -> None:
        self.told: Late | None = None
        self._left = 0
        self._at = 0.0

    def look(self, late: Late | None) -> None:
        """Takes in the present state."""
        moment = time.monotonic()
        if late is None or self.told is None or late.language != self.told.language:
            news = True
        else:  # a crowd that gets smaller is still the reason
            news = moment - self._at > _CALM_SECONDS and late.crowded >= self.told.crowded
        if news:
            self.told, self._at = late, moment
        self._left = late.messages if late else 0

    def answered(self, messages: int) -> None:
        """Counts ``messages`` as answered: after the last waiting one there is nothing more to report."""
        self._left -= messages
        if self._left <= 0:
            self.told = None


def queue_event(deps: Deps, position: QueuePosition | None, late: Late | None = None) -> QueueEvent:
    """Returns the event about waiting: the place in the queue for a human, and that the assistant's answer takes long."""
    text = " ".join(each.text(deps.wording) for each in (position, late) if each)
    if position is None:
        return QueueEvent(text=text)
    return QueueEvent(place=position.place, minutes=position.minutes, text=text)
