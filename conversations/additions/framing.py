"""Labels of cards in the language of the message, if the conversation has another language."""

from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.turns import AnswerBlock, Frame, Turn

WORDS = frozenset({"ui_case", "ui_online_services", "ui_open_page", "ui_undated", "ui_verified_on"})


class Framing:
    """An ``Addition``: puts labels of cards (source, date and the like) in the language of the message."""

    def __init__(self, wording: Wording) -> None:
        wording.require(WORDS)
        self._wording = wording

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        language = context.reply_language
        if language == context.language or not any(isinstance(block, AnswerBlock) for block in turn.blocks):
            return turn
        words = {
            name.removeprefix("ui_"): self._wording.text(name, channel=context.channel, language=language, date="{date}")
            for name in WORDS
        }
        frame = Frame(language=language, words=dict(sorted(words.items())))
        blocks = (
            block.model_copy(update={"frame": frame}) if isinstance(block, AnswerBlock) else block for block in turn.blocks
        )
        return turn.model_copy(update={"blocks": tuple(blocks)})
