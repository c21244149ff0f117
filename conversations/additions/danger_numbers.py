"""The emergency numbers above any other reply to a message about a danger."""

from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from core.turns import Turn


class DangerNumbers:
    """An ``Addition``: puts the emergency numbers first."""

    def __init__(self, care: CareReplies) -> None:
        self._care = care

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        if context.danger is None:
            return turn
        return self._care.put_numbers_first(context.danger, turn, channel=context.channel, language=context.language)
