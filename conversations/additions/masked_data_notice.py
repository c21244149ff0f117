"""The notice that personal data were masked."""

from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.turns import NoticeBlock, Outcome, Turn

WORDS = frozenset({"gateway_personal_data"})
_OF_FORMS = (("phone",), ("email",))  # all that is masked is what a form asked for


class MaskedDataNotice:
    """An ``Addition``: puts the notice above the answer, unless a form asked for the number or itself explains its use."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        # A yes or no was asked for, but the reply is not the form's: the turn answered a question instead.
        for_form = context.number_hint or (context.number_for_yes_or_no and turn.outcome == Outcome.HANDOFF_OFFLINE)
        if not context.masked or context.payload or (for_form and context.masked in _OF_FORMS):
            return turn
        notice = self._wording.text("gateway_personal_data", channel=context.channel, language=context.reply_language)
        return turn.model_copy(update={"blocks": (NoticeBlock(text=notice), *turn.blocks)})
