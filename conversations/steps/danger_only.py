"""The step of a message about a danger and nothing else. The engine is not asked, because it could misunderstand it."""

from conversations.turn_context import TurnContext
from core.turns import Outcome, Turn


class DangerOnly:
    """A ``Step``: ends the turn; ``additions.danger_numbers`` adds the emergency numbers, as to any other reply."""

    async def __call__(self, context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.CRISIS) if context.danger and not context.danger.answer_too else None
