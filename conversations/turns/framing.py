"""Cards in the language of the message: what stands on one besides the page's words, where the conversation's is another."""

from __future__ import annotations

from conversations.wording import Wording
from core.turns import AnswerBlock, Frame, Turn

CARD_WORDS = frozenset({"ui_case", "ui_online_services", "ui_open_page", "ui_undated", "ui_verified_on"})


def framed(turn: Turn, wording: Wording, *, channel: str, language: str) -> Turn:
    """``turn`` whose cards say their source, their date and the like in ``language``."""
    if not any(isinstance(block, AnswerBlock) for block in turn.blocks):
        return turn
    words = {
        name.removeprefix("ui_"): wording.text(name, channel=channel, language=language, date="{date}") for name in CARD_WORDS
    }
    frame = Frame(language=language, words=dict(sorted(words.items())))
    blocks = (block.model_copy(update={"frame": frame}) if isinstance(block, AnswerBlock) else block for block in turn.blocks)
    return turn.model_copy(update={"blocks": tuple(blocks)})
