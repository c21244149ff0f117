"""The step while a supervisor has claimed the conversation: the message is for them, and the bot is not asked."""

from conversations.turn_context import TurnContext
from core.database import Database
from core.turns import Outcome, Turn
from supervision.handoffs.record import is_claimed


class HumanTakeover:
    """A ``Step``. Comes after the SMS commands: STOP is always obeyed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.HUMAN) if await is_claimed(self._database, context.conversation) else None
