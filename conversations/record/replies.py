"""Replies in the record: the bot's to a message, or one that a human or the service sends unasked."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import dump_blocks
from conversations.ports import Rendered
from core.database.base import now, table
from core.database.models import Conversation, Delivery, Reply
from core.database.prepared import NewRow, Prepared


async def add_reply(
    session: AsyncSession,
    conversation: Conversation,
    reply: Reply,
    rendered: Rendered,
    before: Sequence[Rendered] = (),
    *,
    aside: bool = False,
) -> bool:
    """Adds any reply (a turn's, a human's): numbered in the order of commits, queued if the channel pushes.

    ``before`` are separate messages that go out first. ``aside``: see ``Turn``. Returns whether a delivery was queued.
    """
    await touch_conversation(session, conversation.id, rendered, reply.blocks, aside=aside)
    return await insert_reply(session, conversation, reply, rendered, before)


async def latest_replies(
    session: AsyncSession, conversation: str, *conditions: ColumnElement[bool], limit: int
) -> Sequence[Reply]:
    """Returns the last replies in ``conversation`` that fulfil ``conditions``, latest first."""
    latest = select(Reply).where(Reply.conversation_id == conversation, *conditions).order_by(Reply.seq.desc()).limit(limit)
    return (await session.execute(latest)).scalars().all()


async def touch_conversation(
    session: AsyncSession, conversation: str, rendered: Rendered, blocks: Sequence[dict[str, Any]], *, aside: bool = False
) -> None:
    """Records the choices offered now and the text left to read (``aside``: unchanged), and locks the conversation's row.

    ``blocks`` are the reply's, in the form in which it keeps them.

    The conversation's row is locked before any of its messages, in the same order everywhere. Without the lock, on PostgreSQL,
    two writers could commit numbers out of order, and a client that resumes after the higher one would never see the lower.
    SQLite has one writer anyway.
    """
    values: dict[str, Any] = {"which": conversation, "moment": now()}
    if not aside:
        options = [option for block in blocks if block["type"] == "choices" for option in block["options"]]
        values |= {"offers": list(rendered.offered) or None, "choices": options or None}
        values["left"] = dump_blocks(rendered.rest) or None
    await (_TOUCH_ONLY if aside else _TOUCH_WITH_CHOICES).rows(session, values)


async def insert_reply(
    session: AsyncSession, conversation: Conversation, reply: Reply, rendered: Rendered, before: Sequence[Rendered] = ()
) -> bool:
    """Adds a reply to a conversation that was touched in this transaction. Returns whether a delivery was queued."""
    await session.flush()
    ((reply.seq,),) = await _INSERT.rows(session, _NEW.values(vars(reply)))
    if conversation.provider is None or conversation.address is None or not rendered.text:
        return False
    for number, part in enumerate((*before, rendered)):
        session.add(
            Delivery(reply_id=reply.id, part=number, provider=conversation.provider, text=part.text, segments=part.segments)
        )
    return True


_NEW = NewRow(Reply, "seq")
_INSERT = Prepared(insert(table(Reply)).values(_NEW.bound).returning(table(Reply).c.seq))
# Statements are built once: building one costs more than running it.
_CONVERSATIONS = table(Conversation)
_TOUCH = update(_CONVERSATIONS).where(_CONVERSATIONS.c.id == bindparam("which")).values(last_at=bindparam("moment"))
_TOUCH_ONLY = Prepared(_TOUCH)
_TOUCH_WITH_CHOICES = Prepared(_TOUCH.values(offered=bindparam("offers"), options=bindparam("choices"), rest=bindparam("left")))
