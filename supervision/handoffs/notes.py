"""Supervisors' notes (masked, never shown to citizens) and labels on a conversation."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.conflict import insert_if_absent
from core.database.models import ConversationLabel, ConversationNote, Handoff
from core.privacy.masking import mask

MOST_CHARACTERS = 2000
_LABEL_CHARACTERS = 40


def write_note(session: AsyncSession, conversation: str, author: str, text: str, *, kind: str = "note") -> None:
    """Adds a note to this transaction. A note is deleted with its conversation."""
    session.add(ConversationNote(conversation_id=conversation, author=author, text=mask(text).text, kind=kind))


async def notes_of(session: AsyncSession, conversation: str) -> Sequence[ConversationNote]:
    """Returns all notes, the oldest first."""
    rows = await session.execute(
        select(ConversationNote).where(ConversationNote.conversation_id == conversation).order_by(ConversationNote.seq)
    )
    return rows.scalars().all()


def clean_label(text: str) -> str:
    """Returns ``text`` in the form of a label: one line, single spaces, lower case, masked, at most 40 characters."""
    return " ".join(mask(text).text.casefold().split())[:_LABEL_CHARACTERS]


async def add_label(session: AsyncSession, conversation: str, author: str, text: str) -> str:
    """Adds a label (again changes nothing). Returns it as kept; empty if nothing is left of it."""
    label = clean_label(text)
    if label:
        await insert_if_absent(session, ConversationLabel, conversation_id=conversation, label=label, author=author)
    return label


async def drop_label(session: AsyncSession, conversation: str, text: str) -> None:
    """Removes a label."""
    await session.execute(
        delete(ConversationLabel).where(
            ConversationLabel.conversation_id == conversation, ConversationLabel.label == clean_label(text)
        )
    )


async def labels_of(session: AsyncSession, conversation: str) -> Sequence[str]:
    """Returns the labels of a conversation, in alphabetical order."""
    rows = await session.execute(
        select(ConversationLabel.label)
        .where(ConversationLabel.conversation_id == conversation)
        .order_by(ConversationLabel.label)
    )
    return rows.scalars().all()


async def known_labels(session: AsyncSession, which: ColumnElement[bool], limit: int = 200) -> Sequence[str]:
    """Returns labels in use on conversations with a handoff that fulfils ``which``, to choose from."""
    in_conversations = ConversationLabel.conversation_id.in_(select(Handoff.conversation_id).where(which))
    rows = await session.execute(
        select(ConversationLabel.label).where(in_conversations).distinct().order_by(ConversationLabel.label).limit(limit)
    )
    return rows.scalars().all()
