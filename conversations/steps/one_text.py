"""A turn that is one text of ``domain.yml``."""

from __future__ import annotations

from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.turns import Outcome, TextBlock, Turn


def one_text(
    wording: Wording, context: TurnContext, name: str, outcome: Outcome, *, language: str = "", **values: object
) -> Turn:
    """Returns the turn that says ``name``, in ``language``, or in the language of the message before."""
    text = wording.text(name, channel=context.channel, language=language or context.last_language, **values)
    return Turn(outcome=outcome, blocks=(TextBlock(text=text),))
