"""Deletes what is past the retention that citizens were told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from channels.erasure import erase_rows, remember_seen
from channels.sms.usage import forget_numbers
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff, Message, Receipt, Reply

_BATCH = 500  # rows a transaction: citizens' messages must get in between


@dataclass(frozen=True, slots=True)
class Deleted:
    """What one run deleted. Replies go with the messages they answer; ``replies`` are those that answered none."""

    conversations: int
    messages: int
    replies: int


async def apply_retention(database: Database, *, days: int) -> Deleted:
    """Delete conversations silent for ``days``, and older messages and replies of those that go on."""
    cutoff = now() - timedelta(days=days)
    conversations = messages = replies = 0
    while True:
        async with database.write() as session:
            old = await session.execute(select(Conversation.id).where(Conversation.last_at < cutoff).limit(_BATCH))
            batch = old.scalars().all()
            conversations += await erase_rows(session, batch)
        if len(batch) < _BATCH:
            break
    while True:
        async with database.write() as session:
            # An unanswered one stays: it is still owed its outcome.
            past = select(Message.id).where(Message.received_at < cutoff, Message.outcome.is_not(None)).limit(_BATCH)
            old_messages = (await session.execute(past)).scalars().all()
            await remember_seen(session, Message.id.in_(old_messages))
            gone = await session.execute(delete(Message).where(Message.id.in_(old_messages)).returning(Message.id))
            unasked = select(Reply.id).where(Reply.created_at < cutoff, Reply.in_reply_to.is_(None)).limit(_BATCH)
            said = await session.execute(delete(Reply).where(Reply.id.in_(unasked)).returning(Reply.id))
            counts = len(gone.all()), len(said.all())
            await forget_numbers(session)
            await session.execute(delete(Receipt).where(Receipt.received_at < cutoff))
            await session.execute(delete(Handoff).where(Handoff.created_at < cutoff))
        messages, replies = messages + counts[0], replies + counts[1]
        if max(counts) < _BATCH:
            return Deleted(conversations, messages, replies)
