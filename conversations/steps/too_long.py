"""The step of a text that is longer than the service reads."""

from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_too_long"})


class TooLong:
    """A ``Step``: says how many characters a message may have."""

    def __init__(self, wording: Wording, max_chars: int) -> None:
        wording.require(WORDS)
        self._wording, self._max_chars = wording, max_chars

    async def __call__(self, context: TurnContext) -> Turn | None:
        if context.payload or len(context.text) <= self._max_chars:
            return None
        language = context.reply_language
        return text_turn(self._wording, context, "gateway_too_long", Outcome.NO_ANSWER, language=language, max=self._max_chars)
