"""The step that gives up a message that crashes its worker again and again."""

import structlog

from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.turns import Outcome, Turn

MAX_ATTEMPTS = 3
WORDS = frozenset({"gateway_fallback"})

log = structlog.get_logger(__name__)


class TooManyAttempts:
    """A ``Step``: ends the turn of a message that was begun ``MAX_ATTEMPTS`` times and never answered."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        if context.attempts <= MAX_ATTEMPTS:
            return None
        log.error("turn_given_up", message=context.message_id, attempts=context.attempts)
        return fallback(self._wording, context)


def fallback(wording: Wording, context: TurnContext) -> Turn:
    """Returns the fallback turn, in the language of the message before: reading the text might fail again."""
    return text_turn(wording, context, "gateway_fallback", Outcome.FALLBACK)
