"""A number that names no choice: a slip, not a question."""

from __future__ import annotations

from conversations.steps.one_text import one_text
from conversations.turn_context import TurnContext
from conversations.turns.choices import names_no_choice
from conversations.wording import Wording
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_choice_unknown", "gateway_choice_unshown"})


class UnknownChoice:
    """A ``Step``: says that there is no such choice. The choices offered stay valid."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        if context.is_choice or not names_no_choice(context.text, context.offered, not_shown=context.choices_not_shown):
            return None
        name = "gateway_choice_unshown" if context.choices_not_shown else "gateway_choice_unknown"
        return one_text(self._wording, context, name, Outcome.CHOICES).model_copy(update={"aside": True})
