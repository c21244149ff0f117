"""The parts of the turn pipeline: a step, an addition, a leading message, a hook before commit."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered
from conversations.turn_context import TurnContext
from core.database.models import Conversation, Message
from core.turns import Outcome, Turn


class Step(Protocol):
    """Ends the turn, or passes (returns ``None``)."""

    async def __call__(self, context: TurnContext, /) -> Turn | None: ...


class Addition(Protocol):
    """Returns the turn with an addition, or unchanged."""

    async def __call__(self, context: TurnContext, turn: Turn, /) -> Turn: ...


class LeadingMessage(Protocol):
    """Returns separate messages to send before a reply with ``outcome``. Called before the reply is added."""

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]: ...


class BeforeCommit(Protocol):
    """Changes a turn under the conversation's lock, as the record requires, just before its commit.

    Raises ``Overtaken``.
    """

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn: ...


class Overtaken(Exception):
    """The turn rests on an outdated state and must be decided again. Nothing of it was kept."""
