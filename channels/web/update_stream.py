"""The stream of updates for one client: every reply once, in order, after the last one seen."""

import time
from collections.abc import AsyncIterator
from typing import Literal

from channels.http.deps import Deps
from conversations.client_updates.backlog import WORDS as LATE_WORDS
from conversations.client_updates.backlog import Late
from conversations.events import QueueEvent, ReplyEvent
from core.database.models import Conversation
from core.telemetry import tracing
from core.turns import Outcome
from supervision.handoffs.queue_position import WORDS, QueuePosition

_FULL_READ_EVERY = 12  # checks: all replies are read once a minute, for changes without news, such as an erasure
_CHANGING_QUEUE = (Outcome.HUMAN, Outcome.HANDOFF_WAITING)  # replies that may have changed who waits
_CALM_SECONDS = 30.0  # between two estimates of a wait: screen readers read each change aloud


async def follow(
    deps: Deps, conversation: Conversation, after: int
) -> AsyncIterator[ReplyEvent | QueueEvent | Literal["typing", "notices"]]:
    """Yields replies with ``seq > after`` as they are committed, until the conversation is erased. Also yields hints that one
    is being written, changes of the place in the queue or of a long wait, and changes of the notices to everybody.

    Listening begins before the first read, and every read begins after the last reply given. So nothing is lost between two
    reads, nothing comes twice, and lost news only costs time.
    """
    deps.wording.require(WORDS | LATE_WORDS)
    with deps.hub.listen(conversation.id, polled=True) as listener:
        news, checks = "reply", 0
        notices_version = (await deps.controls.state()).version
        position: QueuePosition | None = None
        late_notice = LateNotice()
        shown: tuple[QueuePosition | None, Late | None] = None, None
        live = False  # replies of the first read were shown before, or are late because the client was away
        while True:
            version = (await deps.controls.state()).version
            if version != notices_version:
                notices_version = version
                yield "notices"
            if news == "reply":
                current = await deps.reply_reader.read(conversation.id, after)
                if current is None:
                    return
                for event in current.replies:
                    after = event.seq
                    yield event
                    if live:
                        tracing.record_span(
                            "send", tracing.nanoseconds(event.at), time.time_ns(), within=event.message, channel="web"
                        )
                live = True
                late_notice.count_answered(sum(event.in_reply_to is not None for event in current.replies))
                position = await deps.queue_positions.of(
                    conversation.id, fresh=any(event.outcome in _CHANGING_QUEUE for event in current.replies)
                )
            elif news == "typing":
                yield "typing"
            elif news == "erased":
                return
            if (position, late_notice.late) != shown:
                shown = position, late_notice.late
                yield queue_event(deps, *shown)
            news = await listener.wait()
            if news == "check":
                checks += 1
                late_notice.update(await deps.backlog.of(conversation.id))
                if position is not None or checks % _FULL_READ_EVERY == 0:
                    news = "reply"


class LateNotice:
    """The notice of a slow answer that one client has: sent at once, then at longer intervals, until it is answered."""

    def __init__(self) -> None:
        self.late: Late | None = None
        self._left = 0
        self._at = 0.0

    def update(self, late: Late | None) -> None:
        """Takes in the present state of the backlog."""
        moment = time.monotonic()
        if late is None or self.late is None or late.language != self.late.language:
            news = True
        else:  # a crowd that gets smaller is still the reason
            news = moment - self._at > _CALM_SECONDS and late.crowded >= self.late.crowded
        if news:
            self.late, self._at = late, moment
        self._left = late.messages if late else 0

    def count_answered(self, messages: int) -> None:
        """Counts ``messages`` as answered: after the last waiting one there is nothing more to report."""
        self._left -= messages
        if self._left <= 0:
            self.late = None


def queue_event(deps: Deps, position: QueuePosition | None, late: Late | None = None) -> QueueEvent:
    """Returns the event about waiting: the place in the queue for a human, and that the assistant's answer takes long."""
    text = " ".join(part.text(deps.wording) for part in (position, late) if part)
    if position is None:
        return QueueEvent(text=text)
    return QueueEvent(place=position.place, minutes=position.minutes, text=text)
