"""Condolences, given once: a second message about the same death gets its answer only."""

from conversations.turn_context import TurnContext
from conversations.turns.care import MOURNING, CareReplies
from conversations.turns.recent_care import Recall
from core.turns import Turn


class Condolence:
    """An ``Addition``: puts condolences above the answer to a message that tells of the death of someone close."""

    def __init__(self, care: CareReplies, recall: Recall) -> None:
        self._care, self._recall = care, recall

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        if context.is_choice or context.danger or not self._care.mourning_language(context.text):
            return turn
        if MOURNING in await self._recall(context.conversation):
            return turn
        return self._care.add_condolences(turn, channel=context.channel, language=context.reply_language)
