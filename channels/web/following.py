"""Following a conversation: every reply once, in order, from after the last one seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

from channels.events import ReplyEvent, replies_after
from channels.gateway.deps import Deps
from core.database.models import Conversation


async def follow(
    deps: Deps, conversation: Conversation, after: int
) -> AsyncIterator[ReplyEvent | Literal["typing", "notices"]]:
    """Replies with ``seq > after`` as they are committed, hints that one is being written, and that what is said to everybody
    has changed. Ends at erasure.

    Listening begins before the first look, and every look begins after the last reply given: so nothing is lost between
    two looks, nothing is given twice, and news that never came costs time only.
    """
    with deps.hub.listen(conversation.id) as listener:
        what = "reply"
        told = (await deps.board.state()).version
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
            elif what == "typing":
                yield "typing"
            elif what == "erased":
                return
            what = await listener.wait()
