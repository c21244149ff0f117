"""Replies that supervisors use often: shared by all, found by a shortcut."""

import re
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import SavedReply

SHORTCUT = re.compile(r"[a-z0-9à-ÿ_-]{1,32}")


async def saved_replies(session: AsyncSession) -> Sequence[SavedReply]:
    """Returns all saved replies, by shortcut."""
    rows = await session.execute(select(SavedReply).order_by(SavedReply.shortcut, SavedReply.language))
    return rows.scalars().all()


async def save_reply(session: AsyncSession, *, shortcut: str, language: str, text: str, author: str) -> None:
    """Saves ``text`` under ``shortcut``, replacing an existing one. Raises ``ValueError`` for an invalid shortcut."""
    if not SHORTCUT.fullmatch(shortcut):
        raise ValueError("a shortcut is made of small letters, digits, - and _")
    values = {"text": text, "author": author, "updated_at": now()}
    await session.execute(
        insert_into(session, SavedReply)
        .values(id=new_id(), shortcut=shortcut, language=language, **values)
        .on_conflict_do_update(index_elements=["shortcut", "language"], set_=values)
    )


async def drop_reply(session: AsyncSession, identifier: str) -> bool:
    """Deletes a saved reply. Returns false if there is none."""
    deleted = await session.execute(delete(SavedReply).where(SavedReply.id == identifier).returning(SavedReply.id))
    return deleted.scalar_one_or_none() is not None
