"""From a figure to the conversations behind it, masked as in the record, and only while they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from analytics.insights.reading import Scope
from core.database import Database
from core.database.models import Conversation, EntryRow, Feedback, Message, Reply
from core.dates import day_bounds
from core.identity import Staff
from core.identity.conversation_access import Access, accesses
from core.turns import Outcome

PAGE = 50
# Outcomes that help to improve pages; without talks with a human, or messages in distress.
_QUESTIONS = frozenset(
    {Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.FALLBACK}
)


@dataclass(frozen=True, slots=True)
class Behind:
    """One turn behind a figure. ``text``: ``None`` if the reader has no access to it; ``conversation``: its id, empty if the
    reader has no access to the whole.
    """

    seq: int
    at: datetime
    conversation: str
    channel: str
    language: str
    text: str | None
    outcome: str
    entry: str
    confidence: float | None
    useful: bool | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters within the scope: turns with one outcome, one entry, an opinion (``not_useful``); empty: all."""

    outcome: str = ""
    entry: str = ""
    not_useful: bool = False


async def turns_behind(
    database: Database, scope: Scope, zone: ZoneInfo, narrowed: Narrowed, *, before: int = 0, limit: int = PAGE
) -> list[Behind]:
    """Returns the newest turns first; ``before``: the ``seq`` of the last one on the previous page."""
    start, end = day_bounds(scope.first, scope.last, zone)
    query = (
        select(Reply, Message.text, Conversation.channel, Conversation.language, Feedback.useful)
        .join(Message, Message.id == Reply.in_reply_to)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .outerjoin(Feedback, Feedback.reply_id == Reply.id)
        .where(Reply.created_at >= start, Reply.created_at < end, Conversation.origin == scope.origin)
        .order_by(Reply.created_at.desc(), Reply.seq.desc())
        .limit(limit)
    )
    if before:
        last = select(Reply.created_at).where(Reply.seq == before).scalar_subquery()
        query = query.where((Reply.created_at < last) | ((Reply.created_at == last) & (Reply.seq < before)))
    if scope.channel:
        query = query.where(Conversation.channel == scope.channel)
    if scope.theme:
        async with database.read() as session:
            named = select(EntryRow.id).where(EntryRow.content["theme"][0].as_string() == scope.theme)
            entries = (await session.execute(named)).scalars().all()
        # Found by walking back in time: the index on single entries would fetch and sort all entries of a theme.
        query = query.where((Reply.entry + "").in_(entries))
    if narrowed.outcome:
        query = query.where(Reply.outcome == narrowed.outcome)
    if narrowed.entry:
        query = query.where(Reply.entry == narrowed.entry)
    if narrowed.not_useful:
        query = query.where(Feedback.useful.is_(False))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return [
        Behind(
            reply.seq,
            reply.created_at,
            reply.conversation_id,
            channel,
            language,
            text or "",
            reply.outcome,
            reply.entry,
            reply.confidence,
            useful,
        )
        for reply, text, channel, language, useful in rows
    ]


async def as_seen_by(database: Database, staff: Staff, turns: Sequence[Behind]) -> list[Behind]:
    """Returns ``turns`` as ``staff`` may see them.

    Of other teams' conversations they see single questions to the bot, without the connection between them. Only staff who may
    read the conversation for a reason get its id.
    """
    async with database.read() as session:
        may = await accesses(session, staff, {turn.conversation for turn in turns})
    return [turn if may[turn.conversation] is Access.OPEN else _by_itself(turn, may[turn.conversation]) for turn in turns]


def _by_itself(turn: Behind, may: Access) -> Behind:
    text = turn.text if turn.outcome in _QUESTIONS else None
    return replace(turn, text=text, conversation="" if may is Access.CLOSED else turn.conversation)
