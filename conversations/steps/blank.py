"""The step of a message without text."""

from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.channels import traits_of
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_blank", "gateway_text_only"})


class Blank:
    """A ``Step``: asks for words. Pictures, on channels that take them, cannot be read."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        if context.payload or context.text.strip():
            return None
        picture = traits_of(context.channel).takes_pictures
        return text_turn(self._wording, context, "gateway_text_only" if picture else "gateway_blank", Outcome.SMALL_TALK)
