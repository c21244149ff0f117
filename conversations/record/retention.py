"""Deletes what is older than the published retention period, and records the run and what remains."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.sms_usage import delete_old_number_usage
from conversations.record.erasure import erase_rows, remember_seen
from core.database import Database
from core.database.base import Base, now
from core.database.models import (
    Conversation,
    ErasedConversation,
    Handoff,
    Message,
    MessagePart,
    Receipt,
    Reply,
    RetentionRun,
    WebhookDelivery,
)

_BATCH = 500  # rows in a transaction: citizens' messages must get in between
_ERASURES_DAYS = 400
_WEBHOOK_LOG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Deleted:
    """The rows that one run deleted. Replies go with the messages they answer; ``replies`` are those that answered none.

    ``others``: rows of other kinds, by table.
    """

    conversations: int
    messages: int
    replies: int
    others: dict[str, int] = field(default_factory=dict, compare=False)


async def apply_retention(database: Database, *, days: int, erasures_days: int = _ERASURES_DAYS) -> Deleted:
    """Deletes conversations silent for ``days``, and older messages, replies, handoffs and reports of continuing ones.

    The run itself is kept in ``retention_runs``, and the ids of erased conversations are kept, for ``erasures_days``.
    """
    started = now()
    cutoff = started - timedelta(days=days)
    conversations = await _conversations(database, cutoff)
    messages, replies = await _messages(database, cutoff)
    others: Counter[str] = Counter()
    async with database.write() as session:
        await delete_old_number_usage(session)
        for table, past in _others(cutoff, started - timedelta(days=erasures_days)):
            deleted_rows = await session.execute(delete(table).where(past).returning(literal(1)))
            others[table.__tablename__] = len(deleted_rows.all())
        deleted = Deleted(conversations, messages, replies, dict(others))
        kinds = {"conversations": conversations, "messages": messages, "replies": replies, **others}
        overdue = await _overdue(session, cutoff)
        session.add(
            RetentionRun(
                started_at=started,
                finished_at=now(),
                days=days,
                deleted={kind: count for kind, count in kinds.items() if count},
                overdue={kind: count for kind, count in overdue.items() if count},
            )
        )
    return deleted


async def _conversations(database: Database, cutoff: datetime) -> int:
    count = 0
    while True:
        async with database.write() as session:
            old = await session.execute(select(Conversation.id).where(Conversation.last_at < cutoff).limit(_BATCH))
            batch = old.scalars().all()
            count += len(await erase_rows(session, batch, on_request=False))
        if len(batch) < _BATCH:
            return count


async def _messages(database: Database, cutoff: datetime) -> tuple[int, int]:
    messages = replies = 0
    while True:
        async with database.write() as session:
            # An unanswered message stays: it still needs its outcome.
            past = select(Message.id).where(Message.received_at < cutoff, Message.outcome.is_not(None)).limit(_BATCH)
            old_messages = (await session.execute(past)).scalars().all()
            await remember_seen(session, Message.id.in_(old_messages))
            deleted_rows = await session.execute(delete(Message).where(Message.id.in_(old_messages)).returning(Message.id))
            unasked = select(Reply.id).where(Reply.created_at < cutoff, Reply.in_reply_to.is_(None)).limit(_BATCH)
            deleted_replies = await session.execute(delete(Reply).where(Reply.id.in_(unasked)).returning(Reply.id))
            counts = len(deleted_rows.all()), len(deleted_replies.all())
        messages, replies = messages + counts[0], replies + counts[1]
        if max(counts) < _BATCH:
            return messages, replies


def _others(cutoff: datetime, erasures: datetime) -> list[tuple[type[Base], ColumnElement[bool]]]:
    return [
        (Receipt, Receipt.received_at < cutoff),
        (Handoff, Handoff.created_at < cutoff),
        (MessagePart, MessagePart.received_at < cutoff),
        (ErasedConversation, ErasedConversation.erased_at < erasures),
        (RetentionRun, RetentionRun.started_at < erasures),
        (WebhookDelivery, WebhookDelivery.created_at < now() - _WEBHOOK_LOG),
    ]


async def _overdue(session: AsyncSession, cutoff: datetime) -> dict[str, int]:
    """Returns how many rows are left after the retention period, by table: unanswered messages, or missed rows."""
    questions: list[tuple[type[Base], ColumnElement[bool]]] = [
        (Conversation, Conversation.last_at < cutoff),
        (Message, Message.received_at < cutoff),
        (Reply, Reply.created_at < cutoff),
        (Handoff, Handoff.created_at < cutoff),
    ]
    return {
        table.__tablename__: (await session.execute(select(func.count()).select_from(table).where(past))).scalar_one()
        for table, past in questions
    }
