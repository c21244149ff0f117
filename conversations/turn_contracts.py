"""What a part of the turn pipeline is: a step, an addition, a leading message, a hook before commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered
from conversations.turn_context import TurnContext
from core.database.models import Conversation, Message
from core.turns import Outcome, Turn


class Step(Protocol):
    """Ends the turn, or passes (``None``)."""

    async def __call__(self, context: TurnContext, /) -> Turn | None: ...


class Addition(Protocol):
    """Returns a turn with what is added to it, or as it is."""

    async def __call__(self, context: TurnContext, turn: Turn, /) -> Turn: ...


class LeadingMessage(Protocol):
    """What goes out before a reply with ``outcome``, in messages of their own. Called before the reply is added."""

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]: ...


class BeforeCommit(Protocol):
    """The last word on a turn, under the conversation's lock: what the record adds to it, or takes back.

    Raises ``Overtaken``.
    """

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn: ...


class Overtaken(Exception):
    """The turn was decided on what is no longer so: decide again. Nothing of it was kept."""


async def passes(_: TurnContext) -> Turn | None:
    """Is the ``Step`` of a part that is not there."""
    return None


async def unchanged(_: TurnContext, turn: Turn) -> Turn:
    """Is the ``Addition`` of a part that is not there."""
    return turn
