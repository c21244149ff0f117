"""The change of the conversation's language, where the message is in another one than before."""

from __future__ import annotations

from conversations.turn_context import TurnContext
from core.turns import Outcome, Turn

_OF_NO_LANGUAGE = (Outcome.COMMAND, Outcome.SILENT)  # a keyword shows no language


class NewsOfLanguage:
    """An ``Addition``: has the new language recorded, because a button that is pressed shows no language."""

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        language = context.reply_language
        news = language != context.last_language and turn.outcome not in _OF_NO_LANGUAGE
        return turn.model_copy(update={"spoken": language}) if news else turn
