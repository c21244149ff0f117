"""Opening a conversation."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database.models import Conversation
from core.turns import Origin


def open_conversation(session: AsyncSession, *, channel: str, language: str, origin: Origin) -> Conversation:
    """Adds a new conversation without address (website, ``ask``, bench)."""
    conversation = Conversation(id=new_id(), channel=channel, origin=origin, language=language)
    session.add(conversation)
    return conversation
