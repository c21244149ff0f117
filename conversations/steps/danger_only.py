"""Someone is in danger and asks nothing else: no engine is needed, and none can get it wrong."""

from __future__ import annotations

from conversations.turn_context import TurnContext
from core.turns import Outcome, Turn


class DangerOnly:
    """A ``Step``: ends the turn; ``additions.danger_numbers`` says the numbers, as above any other reply."""

    async def __call__(self, context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.CRISIS) if context.danger and not context.danger.answer_too else None
