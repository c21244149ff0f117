"""The step of a message that is empty once its personal data are masked."""

from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.privacy.masking import Masked
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_personal_data_only"})


class PersonalDataOnly:
    """A ``Step``: says that nothing was kept, unless a form has asked for the number."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        for_form = context.number_hint or context.number_for_yes_or_no
        if context.payload or for_form or not Masked(context.text, context.masked).nothing_left:
            return None
        return text_turn(
            self._wording, context, "gateway_personal_data_only", Outcome.PERSONAL_DATA, language=context.reply_language
        )
