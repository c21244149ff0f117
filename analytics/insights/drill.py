"""From a figure to the conversations behind it, masked as in the record, and only while they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from analytics.insights.queries import Scope
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
class MatchingTurn:
    """One turn behind a figure. What the reader may not see is left out: ``text`` is ``None``, ``conversation`` empty."""

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
class TurnFilter:
    """Filters within the scope: turns with one outcome, one entry, an opinion (``not_useful``); empty: all."""

    outcome: str = ""
    entry: str = ""
    not_useful: bool = False


async def matching_turns(
    database: Database, scope: Scope, zone: ZoneInfo, turn_filter: TurnFilter, *, before: int = 0, limit: int = PAGE
) -> list[MatchingTurn]:
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
            entries_of_theme = select(EntryRow.id).where(EntryRow.content["theme"][0].as_string() == scope.theme)
            entries = (await session.execute(entries_of_theme)).scalars().all()
        # Found by walking back in time: the index on single entries would fetch and sort all entries of a theme.
        query = query.where((Reply.entry + "").in_(entries))
    if turn_filter.outcome:
        query = query.where(Reply.outcome == turn_filter.outcome)
    if turn_filter.entry:
        query = query.where(Reply.entry == turn_filter.entry)
    if turn_filter.not_useful:
        query = query.where(Feedback.useful.is_(False))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return [
        MatchingTurn(
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


async def visible_to(database: Database, staff: Staff, turns: Sequence[MatchingTurn]) -> list[MatchingTurn]:
    """Returns ``turns`` as ``staff`` may see them.

    Of other teams' conversations they see single questions to the bot, without the connection between them. Only staff who may
    read the conversation for a reason get its id.
    """
    async with database.read() as session:
        access = await accesses(session, staff, {turn.conversation for turn in turns})
    return [
        turn if access[turn.conversation] is Access.OPEN else _single_question(turn, access[turn.conversation])
        for turn in turns
    ]


def _single_question(turn: MatchingTurn, access: Access) -> MatchingTurn:
    text = turn.text if turn.outcome in _QUESTIONS else None
    return replace(turn, text=text, conversation="" if access is Access.CLOSED else turn.conversation)
