"""New replies in a conversation, read for many clients at a time: when a network comes back, thousands of pages ask at once.

A query costs the same for one conversation as for sixty-four.
"""

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
class ConversationReplies:
    """A conversation, to be read only, and the replies asked for, oldest first."""

    conversation: Conversation
    replies: Sequence[ReplyEvent]


class ReplyReader:
    """Queries shared by all clients of this process. ``renderers``: by channel."""

    def __init__(self, database: Database, renderers: Mapping[str, Renderer]) -> None:
        self._database = database
        self._renderers = renderers
        self._batcher: Batcher[tuple[str, int | None], ConversationReplies | None] = Batcher(self._read)

    async def read(self, conversation: str, after: int | None = None) -> ConversationReplies | None:
        """Returns ``conversation`` with its replies of ``seq > after`` (without ``after``: none); ``None`` if it is gone."""
        return await self._batcher.submit((conversation, after))

    async def _read(self, requests: Sequence[tuple[str, int | None]]) -> Sequence[ConversationReplies | None]:
        with_replies = [(conversation, after) for conversation, after in requests if after is not None]
        identifiers = list({conversation for conversation, _ in requests})
        queries = [(_conversations(_round_up(len(identifiers))), _values(identifiers, "of"))]
        if with_replies:
            values = _values([one for one, _ in with_replies], "of") | _values([after for _, after in with_replies], "after")
            queries.append((_replies(_round_up(len(with_replies))), values))
        conversation_rows, *rows = await self._database.fetch(*queries)
        existing = {
            conversation.id: conversation for conversation in (detached(Conversation, row) for row in conversation_rows)
        }
        replies: defaultdict[str, list[tuple[Reply, str | None]]] = defaultdict(list)
        for *row, external_id in chain.from_iterable(rows):
            reply = detached(Reply, row)
            replies[reply.conversation_id].append((reply, external_id))
        return [self._with_replies(existing.get(one), after, replies[one]) for one, after in requests]

    def _with_replies(
        self, conversation: Conversation | None, after: int | None, replies: Sequence[tuple[Reply, str | None]]
    ) -> ConversationReplies | None:
        if conversation is None:
            return None
        render, language = self._renderers[conversation.channel], conversation.last_language
        new = [one for one in replies if after is not None and one[0].seq > after]
        events = [reply_event(reply, external_id, render=render, language=language) for reply, external_id in new]
        return ConversationReplies(conversation, events)


def _round_up(number: int) -> int:
    """Returns the next power of two: statements then have few different lengths, each compiled once."""
    return 1 << (number - 1).bit_length()


def _values(items: Sequence[str | int], name: str) -> dict[str, str | int]:
    """Returns parameters ``name0`` and so on for a statement of that length; repeats the last one."""
    return {f"{name}{index}": items[min(index, len(items) - 1)] for index in range(_round_up(len(items)))}


@cache
def _conversations(number: int) -> Prepared:
    conversations = table(Conversation)
    conditions = (conversations.c.id == bindparam(f"of{index}") for index in range(number))
    return Prepared(select(conversations).where(or_(*conditions)))


@cache
def _replies(number: int) -> Prepared:
    replies, messages = table(Reply), table(Message)
    names = [(f"of{index}", f"after{index}") for index in range(number)]
    conditions = (and_(replies.c.conversation_id == bindparam(of), replies.c.seq > bindparam(after)) for of, after in names)
    statement = select(replies, messages.c.external_id).outerjoin(messages, messages.c.id == replies.c.in_reply_to)
    return Prepared(statement.where(or_(*conditions)).order_by(replies.c.seq))
