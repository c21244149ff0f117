"""Erasing conversations: from the record at once, and from the dialogue engine's memory until that has surely worked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx
import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.engine import Engine
from channels.nerve import Nerve
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Erasure

# A turn that was under way when its conversation was erased may write to the engine's memory once more: forget again after.
_SETTLED = timedelta(seconds=60)

log = structlog.get_logger(__name__)


async def erase(database: Database, nerve: Nerve, engine: Engine, conversation: str) -> bool:
    """Erase one conversation and all that hangs on it. False if there was none. The engine's part may follow later."""
    async with database.write() as session:
        erased = await erase_rows(session, [conversation])
    if not erased:
        return False
    await nerve.tell(conversation, "erased")
    await _forget(engine, conversation)
    return True


async def erase_rows(session: AsyncSession, conversations: Sequence[str]) -> int:
    """Delete ``conversations`` in this transaction, and note that the engine has to forget them. Returns how many."""
    rows = await session.execute(delete(Conversation).where(Conversation.id.in_(conversations)).returning(Conversation.id))
    gone = rows.scalars().all()
    session.add_all(Erasure(conversation_id=conversation) for conversation in gone)
    return len(gone)


async def forget_erased(database: Database, engine: Engine, *, limit: int = 500) -> int:
    """Have the engine forget what was erased a while ago. Returns how many it forgot; the others wait for the next time."""
    async with database.read() as session:
        rows = await session.execute(
            select(Erasure.conversation_id).where(Erasure.requested_at <= now() - _SETTLED).limit(limit)
        )
    forgotten = []
    for conversation in rows.scalars().all():
        if not await _forget(engine, conversation):
            break
        forgotten.append(conversation)
    if forgotten:
        async with database.write() as session:
            await session.execute(delete(Erasure).where(Erasure.conversation_id.in_(forgotten)))
    return len(forgotten)


async def _forget(engine: Engine, conversation: str) -> bool:
    try:
        await engine.forget(conversation)
    except httpx.HTTPError as error:
        log.warning("engine_did_not_forget", conversation=conversation, error=type(error).__name__)
        return False
    return True
