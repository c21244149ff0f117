"""What is new in a conversation, read for many at a time: when a network comes back, thousands of pages ask at once.

A statement costs the same few switches between threads whether it is about one conversation or sixty-four.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Row, Select, and_, bindparam, or_, select

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
        named = list({conversation for conversation, _ in asked})
        async with self._database.read(brief=True) as session:
            found = await session.scalars(_conversations(_round(len(named))), _values(named, "of"))
            there = {conversation.id: conversation for conversation in found}
            rows: Sequence[Row[Reply, str | None]] = ()
            if wanted:
                each = _values([one for one, _ in wanted], "of") | _values([after for _, after in wanted], "after")
                rows = (await session.execute(_replies(_round(len(wanted))), each)).all()
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


def _round(number: int) -> int:
    """The next power of two: statements of few different lengths, each made and compiled once."""
    return 1 << (number - 1).bit_length()


def _values(given: Sequence[str | int], name: str) -> dict[str, str | int]:
    """Parameters ``name0`` and so on for a statement of that length; the last one is repeated."""
    return {f"{name}{place}": given[min(place, len(given) - 1)] for place in range(_round(len(given)))}


@cache
def _conversations(number: int) -> Select[Conversation]:
    return select(Conversation).where(or_(*(Conversation.id == bindparam(f"of{place}") for place in range(number))))


@cache
def _replies(number: int) -> Select[Reply, str | None]:
    names = [(f"of{place}", f"after{place}") for place in range(number)]
    these = (and_(Reply.conversation_id == bindparam(of), Reply.seq > bindparam(after)) for of, after in names)
    statement = select(Reply, Message.external_id).outerjoin(Message, Message.id == Reply.in_reply_to)
    return statement.where(or_(*these)).order_by(Reply.seq)
