"""Several parts of the service that have the last word on a turn, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.worker.transactions import BeforeCommit
from core.database.models import Conversation, Message
from core.turns import Turn


@dataclass(frozen=True, slots=True)
class InTurn:
    """A ``BeforeCommit`` made of others: each gets what the one before it says."""

    parts: tuple[BeforeCommit, ...]

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        for part in self.parts:
            turn = await part(session, conversation, message, turn)
        return turn
