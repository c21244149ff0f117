"""What is new in a conversation, read for many at a time: when a network comes back, thousands of pages ask at once.

A statement costs the same few switches between threads whether it is about one conversation or sixty-four.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select

from channels.batching import Batcher
from channels.contracts import Renderer
from channels.events import ReplyEvent, reply_event
from core.database import Database
from core.database.models import Conversation, Message, Reply


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation, to be read only, and the replies that were asked for, oldest first."""

    conversation: Conversation
    replies: Sequence[ReplyEvent]


class Looks:
    """Shared by all who look in this process. ``renderers``: by channel."""

    def __init__(self, database: Database, renderers: Mapping[str, Renderer]) -> None:
        self._database = database
        self._renderers = renderers
        self._asked: Batcher[tuple[str, int | None], Seen | None] = Batcher(self._read)

    async def at(self, conversation: str, after: int | None = None) -> Seen | None:
        """``conversation`` with its replies of ``seq > after``; without ``after``, with none. ``None``: it is gone."""
        return await self._asked.submit((conversation, after))

    async def _read(self, asked: Sequence[tuple[str, int | None]]) -> Sequence[Seen | None]:
        wanted = [(conversation, after) for conversation, after in asked if after is not None]
        async with self._database.read() as session:
            found = await session.scalars(select(Conversation).where(Conversation.id.in_({one for one, _ in asked})))
            there = {conversation.id: conversation for conversation in found}
            rows = (await session.execute(_replies(wanted))).all() if wanted else ()
        replies: defaultdict[str, list[tuple[Reply, str | None]]] = defaultdict(list)
        for row in rows:
            replies[row[0].conversation_id].append((row[0], row[1]))
        return [self._seen(there.get(one), after, replies[one]) for one, after in asked]

    def _seen(
        self, conversation: Conversation | None, after: int | None, replies: Sequence[tuple[Reply, str | None]]
    ) -> Seen | None:
        if conversation is None:
            return None
        render, language = self._renderers[conversation.channel], conversation.language
        new = [one for one in replies if after is not None and one[0].seq > after]
        return Seen(conversation, [reply_event(reply, asked, render=render, language=language) for reply, asked in new])


def _replies(wanted: Sequence[tuple[str, int]]) -> Select[Reply, str]:
    # Of few different lengths: each is compiled once.
    padded = [*wanted, *[wanted[-1]] * ((1 << (len(wanted) - 1).bit_length()) - len(wanted))]
    these = or_(*(and_(Reply.conversation_id == conversation, Reply.seq > after) for conversation, after in padded))
    statement = select(Reply, Message.external_id).outerjoin(Message, Message.id == Reply.in_reply_to)
    return statement.where(these).order_by(Reply.seq)
