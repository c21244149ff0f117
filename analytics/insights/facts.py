"""The facts of one day, read from the record."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from analytics.insights.daily import DayFacts, HandoffFact, OpinionFact, SegmentFact, TurnFact, VerdictFact
from analytics.insights.first_answers import page_shown
from analytics.insights.refusals import is_reply_to_refusal
from core.database.models import Conversation, Delivery, Feedback, Handoff, Message, Reply, Satisfaction
from core.dates import day_bounds
from core.handoff import Kind, State
from core.turns import Outcome

_ROWS = 500  # between two pauses in which other tasks run
_WITH_BLOCKS = (Outcome.CHOICES, Outcome.SMALL_TALK)  # for cards among the choices, and for the answers to a refusal
_PAID_STATES = ("sent", "delivered", "uncertain")  # a provider may charge for these


async def read_day(
    session: AsyncSession, day: date, *, zone: ZoneInfo, origin: str, refusals: Collection[str] = ()
) -> DayFacts:
    """Returns the facts of ``day`` in ``zone``. Opinions and segments count on the day of their reply.

    ``refusals``: the texts with which the assistant answers a refusal.
    """
    start, end = day_bounds(day, day, zone)
    turns = (
        select(
            Message.received_at,
            Message.conversation_id,
            Conversation.channel,
            Conversation.language,
            Message.outcome,
            Reply.entry,
            Reply.milliseconds,
            Message.text,
            Message.payload,
            case((Message.outcome.in_(_WITH_BLOCKS), Reply.blocks)).label("blocks"),
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Reply, Reply.in_reply_to == Message.id)
        .where(Message.received_at >= start, Message.received_at < end)
        .where(Message.outcome.is_not(None), Conversation.origin == origin)
        .order_by(Message.received_at, Message.seq)
    )
    of_the_day = (Reply.created_at >= start) & (Reply.created_at < end) & (Conversation.origin == origin)
    opinions = (
        select(Conversation.channel, Reply.entry, Feedback.useful, Feedback.reason)
        .join(Reply, Reply.id == Feedback.reply_id)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(of_the_day)
    )
    verdicts = (
        select(Conversation.channel, Satisfaction.satisfied, Satisfaction.missing)
        .join(Conversation, Conversation.id == Satisfaction.conversation_id)
        .where(Satisfaction.created_at >= start, Satisfaction.created_at < end, Conversation.origin == origin)
    )
    segments = (
        select(Conversation.channel, Reply.entry, Delivery.segments)
        .join(Reply, Reply.id == Delivery.reply_id)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(of_the_day, Delivery.status.in_(_PAID_STATES))
    )
    handoffs = (
        select(
            Conversation.channel,
            Handoff.kind,
            Handoff.reason,
            Handoff.created_at,
            Handoff.waiting_since,
            Handoff.claimed_at,
        )
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.created_at >= start, Handoff.created_at < end)
        .where(Handoff.state != State.DRAFT, Conversation.origin == origin)
        .where(Handoff.kind != Kind.VALIDATION)  # in these nobody asked for a human
    )
    return DayFacts(
        turns=[
            TurnFact(
                at=row.received_at,
                conversation=row.conversation_id,
                channel=row.channel,
                language=row.language,
                outcome=row.outcome or "",
                entry=row.entry or "",
                milliseconds=row.milliseconds or 0,
                text=row.text or "",
                payload=row.payload or "",
                shown=page_shown(row.outcome or "", row.entry or "", row.blocks or ()),
                answered_as_refusal=is_reply_to_refusal(row.blocks or (), refusals),
            )
            async for row in _rows_with_pauses(session, turns)
        ],
        opinions=[OpinionFact(*row) for row in await session.execute(opinions)],
        verdicts=[VerdictFact(*row) for row in await session.execute(verdicts)],
        handoffs=[
            HandoffFact(channel, kind, reason, _seconds(waiting, claimed) if waiting else None)
            for channel, kind, reason, _, waiting, claimed in await session.execute(handoffs)
        ],
        segments=[SegmentFact(*row) for row in await session.execute(segments)],
    )


async def _rows_with_pauses[*R](session: AsyncSession, query: Select[*R]) -> AsyncIterator[Row[*R]]:
    """Yields the rows of ``query``, with pauses: converting many rows takes a while, and other tasks must run meanwhile."""
    for batch in (await session.execute(query)).partitions(_ROWS):
        for row in batch:
            yield row
        await asyncio.sleep(0)


def _seconds(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else max(0.0, (until - since).total_seconds())
