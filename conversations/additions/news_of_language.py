"""The language in which the conversation goes on, where it is another one than before."""

from __future__ import annotations

from conversations.turn_context import TurnContext
from core.turns import Outcome, Turn

_OF_NO_LANGUAGE = (Outcome.COMMAND, Outcome.SILENT)  # a keyword tells none


class NewsOfLanguage:
    """An ``Addition``: the record keeps it, since buttons are pressed without a word."""

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        language = context.reply_language
        news = language != context.last_language and turn.outcome not in _OF_NO_LANGUAGE
        return turn.model_copy(update={"spoken": language}) if news else turn
