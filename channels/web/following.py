"""Following a conversation: every reply once, in order, from after the last one seen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Literal

from channels.events import QueueEvent, ReplyEvent
from channels.gateway.deps import Deps
from channels.handoff.standing import WORDS, Standing
from core.database.models import Conversation
from core.telemetry import tracing
from core.turns import Outcome

_LOOK_EVERY = 12  # glances: once a minute, at what nobody told of, such as an erasure
_MOVED = (Outcome.HUMAN, Outcome.HANDOFF_WAITING)  # replies that may have changed who waits


async def follow(
    deps: Deps, conversation: Conversation, after: int
) -> AsyncIterator[ReplyEvent | QueueEvent | Literal["typing", "notices"]]:
    """Replies with ``seq > after`` as they are committed, hints that one is being written, where the citizen stands in the
    queue (when that changes), and that what is said to everybody has changed. Ends at erasure.

    Listening begins before the first look, and every look begins after the last reply given: so nothing is lost between
    two looks, nothing is given twice, and news that never came costs time only.
    """
    deps.wording.require(WORDS)
    with deps.hub.listen(conversation.id, sparing=True) as listener:
        what, glances = "reply", 0
        told = (await deps.board.state()).version
        stood: Standing | None = None
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
                stands = await deps.standings.of(conversation.id, anew=any(event.outcome in _MOVED for event in seen.replies))
                if stands != stood:
                    stood = stands
                    yield queue_event(deps, stands)
            elif what == "typing":
                yield "typing"
            elif what == "erased":
                return
            what = await listener.wait()
            if what == "glance":
                glances += 1
                if stood is not None or glances % _LOOK_EVERY == 0:
                    what = "reply"


def queue_event(deps: Deps, standing: Standing | None) -> QueueEvent:
    """What a client is told of ``standing``; ``None``: that nobody waits here any more."""
    if standing is None:
        return QueueEvent()
    return QueueEvent(place=standing.place, minutes=standing.minutes, text=standing.text(deps.wording))
