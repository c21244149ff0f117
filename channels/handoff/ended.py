"""Handoffs that are over, found again: by the citizen's words, a note, who answered, a label, a team."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select

from channels.handoff.listing import LISTED, Listed, as_listed
from core.database import Database
from core.database.models import Conversation, ConversationLabel, ConversationNote, Handoff, Message, StaffRow
from core.handoff import ENDED

_MOST_WORDS = 6


class Ended(Listed):
    """``owner_name``: who held it last."""

    owner_name: str | None


async def ended(database: Database, words: str = "", *, limit: int = 50) -> list[Ended]:
    """Those that ended last, first; each of ``words`` is found somewhere in them. Texts are masked, so numbers find nothing."""
    name = func.coalesce(func.nullif(StaffRow.name, ""), StaffRow.email, Handoff.owner)
    query = (
        select(*LISTED, name.label("owner_name"))
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(StaffRow, StaffRow.id == Handoff.owner)
        .where(Handoff.state.in_(ENDED))
        .order_by(Handoff.closed_at.desc(), Handoff.seq.desc())
        .limit(limit)
    )
    for word in words.split()[:_MOST_WORDS]:
        query = query.where(_somewhere(word, name))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return [Ended(**as_listed(row, None, 0).model_dump(), owner_name=row.owner_name) for row in rows]


def _somewhere(word: str, name: ColumnElement[Any]) -> ColumnElement[bool]:
    in_conversation = Handoff.conversation_id
    return or_(
        *(_has(column, word) for column in (Handoff.subject, Handoff.team, name)),
        in_conversation.in_(select(ConversationLabel.conversation_id).where(_has(ConversationLabel.label, word))),
        select(Message.seq).where(Message.conversation_id == in_conversation, _has(Message.text, word)).exists(),
        select(ConversationNote.seq)
        .where(ConversationNote.conversation_id == in_conversation, _has(ConversationNote.text, word))
        .exists(),
    )


def _has(column: SQLColumnExpression[Any], word: str) -> ColumnElement[bool]:
    """Whether ``word`` stands in ``column``, small or capital: SQLite knows the capitals of ASCII only, so both are asked."""
    forms = {word.lower(), word.capitalize(), word}
    return or_(*(func.lower(column).contains(form, autoescape=True) for form in forms))
