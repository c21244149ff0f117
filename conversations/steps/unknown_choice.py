"""The step of a number that names no choice."""

from conversations.turn_context import TurnContext
from conversations.turns.choices import is_unknown_number
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_choice_unknown", "gateway_choice_unshown"})


class UnknownChoice:
    """A ``Step``: says that there is no such choice. The number is a typing mistake, not a question, so the choices stay."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        if context.is_choice or not is_unknown_number(context.text, context.offered, not_shown=context.choices_not_shown):
            return None
        name = "gateway_choice_unshown" if context.choices_not_shown else "gateway_choice_unknown"
        return text_turn(self._wording, context, name, Outcome.CHOICES, aside=True)
