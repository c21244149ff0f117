"""Following a conversation: every reply once, in order, from after the last one seen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Literal

from channels.events import QueueEvent, ReplyEvent, replies_after
from channels.gateway.deps import Deps
from channels.handoff.standing import WORDS, Standing
from core.database.models import Conversation
from core.telemetry import tracing
from core.turns import Outcome

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
    with deps.hub.listen(conversation.id) as listener:
        what = "reply"
        told = (await deps.board.state()).version
        stood: Standing | None = None
        live = False  # what the first look finds was shown before, or is late by the client's own absence
        while True:
            version = (await deps.board.state()).version
            if version != told:
                told = version
                yield "notices"
            if what == "reply":
                async with deps.database.read() as session:
                    present = await session.get(Conversation, conversation.id)
                    if present is None:
                        return
                    found = await replies_after(
                        session,
                        conversation.id,
                        after,
                        render=deps.renderers[present.channel],
                        language=present.language,
                    )
                for event in found:
                    after = event.seq
                    yield event
                    if live:
                        tracing.past("send", tracing.moment(event.at), time.time_ns(), within=event.message, channel="web")
                live = True
                stands = await deps.standings.of(conversation.id, anew=any(event.outcome in _MOVED for event in found))
                if stands != stood:
                    stood = stands
                    yield queue_event(deps, stands)
            elif what == "typing":
                yield "typing"
            elif what == "erased":
                return
            what = await listener.wait()


def queue_event(deps: Deps, standing: Standing | None) -> QueueEvent:
    """What a client is told of ``standing``; ``None``: that nobody waits here any more."""
    if standing is None:
        return QueueEvent()
    return QueueEvent(place=standing.place, minutes=standing.minutes, text=standing.text(deps.wording))
