"""The change of a conversation's language, when a message is in another language than the one before."""

from conversations.turn_context import TurnContext
from core.turns import Outcome, Turn

_WITHOUT_LANGUAGE = (Outcome.COMMAND, Outcome.SILENT)  # a keyword shows no language


class LanguageChange:
    """An ``Addition``: marks the turn with the new language, for the record: the next message may be a button without a
    language.
    """

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        language = context.reply_language
        changed = language != context.last_language and turn.outcome not in _WITHOUT_LANGUAGE
        return turn.model_copy(update={"spoken": language}) if changed else turn
