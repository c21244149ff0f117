"""Opening a conversation."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database.base import table
from core.database.models import Conversation
from core.database.prepared import NewRow, Prepared
from core.turns import Origin


def open_conversation(session: AsyncSession, *, channel: str, language: str, origin: Origin) -> Conversation:
    """Adds a new conversation without address (website, ``ask``, bench)."""
    conversation = Conversation(id=new_id(), channel=channel, origin=origin, language=language)
    session.add(conversation)
    return conversation


async def insert_conversation(session: AsyncSession, *, channel: str, language: str, origin: Origin) -> str:
    """Adds a new conversation and returns its id only, which is cheaper than an object."""
    identifier = new_id()
    values = {"id": identifier, "channel": channel, "origin": origin, "language": language}
    await _INSERT.rows(session, _NEW.values(values))
    return identifier


_NEW = NewRow(Conversation)
_INSERT = Prepared(insert(table(Conversation)).values(_NEW.bound))
