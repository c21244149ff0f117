"""New replies in a conversation, read for many clients at a time: when a network comes back, thousands of pages ask at once.

A query costs the same for one conversation as for sixty-four.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from sqlalchemy import and_, bindparam, or_, select

from conversations.events import ReplyEvent, reply_event
from conversations.ports import Renderer
from conversations.record.batching import Batcher
from core.database import Database
from core.database.base import detached, table
from core.database.models import Conversation, Message, Reply
from core.database.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation, to be read only, and the replies asked for, oldest first."""

    conversation: Conversation
    replies: Sequence[ReplyEvent]


class Looks:
    """Queries shared by all clients of this process. ``renderers``: by channel."""

    def __init__(self, database: Database, renderers: Mapping[str, Renderer]) -> None:
        self._database = database
        self._renderers = renderers
        self._asked: Batcher[tuple[str, int | None], Seen | None] = Batcher(self._read)

    async def at(self, conversation: str, after: int | None = None) -> Seen | None:
        """Returns ``conversation`` with its replies of ``seq > after`` (without ``after``: none); ``None`` if it is gone."""
        return await self._asked.submit((conversation, after))

    async def _read(self, asked: Sequence[tuple[str, int | None]]) -> Sequence[Seen | None]:
        wanted = [(conversation, after) for conversation, after in asked if after is not None]
        named = list({conversation for conversation, _ in asked})
        looks = [(_conversations(_round(len(named))), _values(named, "of"))]
        if wanted:
            each = _values([one for one, _ in wanted], "of") | _values([after for _, after in wanted], "after")
            looks.append((_replies(_round(len(wanted))), each))
        found, *rows = await self._database.fetch(*looks)
        there = {conversation.id: conversation for conversation in (detached(Conversation, row) for row in found)}
        replies: defaultdict[str, list[tuple[Reply, str | None]]] = defaultdict(list)
        for *row, asked_by in chain.from_iterable(rows):
            reply = detached(Reply, row)
            replies[reply.conversation_id].append((reply, asked_by))
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
    """Returns the next power of two: statements then have few different lengths, each compiled once."""
    return 1 << (number - 1).bit_length()


def _values(given: Sequence[str | int], name: str) -> dict[str, str | int]:
    """Returns parameters ``name0`` and so on for a statement of that length; repeats the last one."""
    return {f"{name}{place}": given[min(place, len(given) - 1)] for place in range(_round(len(given)))}


@cache
def _conversations(number: int) -> Prepared:
    conversations = table(Conversation)
    these = (conversations.c.id == bindparam(f"of{place}") for place in range(number))
    return Prepared(select(conversations).where(or_(*these)))


@cache
def _replies(number: int) -> Prepared:
    replies, messages = table(Reply), table(Message)
    names = [(f"of{place}", f"after{place}") for place in range(number)]
    these = (and_(replies.c.conversation_id == bindparam(of), replies.c.seq > bindparam(after)) for of, after in names)
    statement = select(replies, messages.c.external_id).outerjoin(messages, messages.c.id == replies.c.in_reply_to)
    return Prepared(statement.where(or_(*these)).order_by(replies.c.seq))
