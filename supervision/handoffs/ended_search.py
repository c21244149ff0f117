"""Search in ended handoffs: by the citizen's words, a note, the supervisor, a label, a team."""

from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select

from core.database import Database
from core.database.models import Conversation, ConversationLabel, ConversationNote, Handoff, Message, StaffRow
from core.handoff import ENDED
from core.identity import Staff
from core.identity.conversation_access import Access, accesses, roster, visible_to
from supervision.handoffs.listing import LISTED, ListedHandoff

_MOST_WORDS = 6


class EndedHandoff(ListedHandoff):
    """An ended handoff. ``owner_name``: its last owner."""

    owner_name: str | None


async def search_ended(database: Database, staff: Staff, words: str = "", *, limit: int = 50) -> list[EndedHandoff]:
    """Returns ended handoffs that ``staff`` may read, latest first, in which each of ``words`` occurs.

    Texts are masked, so numbers find nothing.
    """
    name = func.coalesce(func.nullif(StaffRow.name, ""), StaffRow.email, Handoff.owner)
    handoffs: list[EndedHandoff] = []
    async with database.read() as session:
        query = (
            select(*LISTED, name.label("owner_name"))
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .outerjoin(StaffRow, StaffRow.id == Handoff.owner)
            .where(Handoff.state.in_(ENDED), visible_to(staff, (await roster(session)).teams))
            .order_by(Handoff.closed_at.desc(), Handoff.seq.desc())
            .limit(limit)
        )
        for word in words.split()[:_MOST_WORDS]:
            query = query.where(_contains_word(word, name))
        for start in count(0, limit):
            rows = (await session.execute(query.offset(start))).all()
            access_by_conversation = await accesses(session, staff, {row.conversation for row in rows})
            visible = [row for row in rows if access_by_conversation[row.conversation] is Access.OPEN]
            handoffs += [EndedHandoff(**row._mapping, place=None, unread=0) for row in visible]
            if len(rows) < limit or len(handoffs) >= limit:
                break
    return handoffs[:limit]


def _contains_word(word: str, name: ColumnElement[Any]) -> ColumnElement[bool]:
    in_conversation = Handoff.conversation_id
    return or_(
        *(_contains(column, word) for column in (Handoff.subject, Handoff.team, name)),
        in_conversation.in_(select(ConversationLabel.conversation_id).where(_contains(ConversationLabel.label, word))),
        select(Message.seq).where(Message.conversation_id == in_conversation, _contains(Message.text, word)).exists(),
        select(ConversationNote.seq)
        .where(ConversationNote.conversation_id == in_conversation, _contains(ConversationNote.text, word))
        .exists(),
    )


def _contains(column: SQLColumnExpression[Any], word: str) -> ColumnElement[bool]:
    """Decides whether ``column`` contains ``word`` in either case. SQLite ignores the case of ASCII only, so both are tried."""
    forms = {word.lower(), word.capitalize(), word}
    return or_(*(func.lower(column).contains(form, autoescape=True) for form in forms))
