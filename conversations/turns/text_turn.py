"""A turn that is one text of ``domain.yml``."""

from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.turns import Outcome, TextBlock, Turn


def text_turn(
    wording: Wording,
    context: TurnContext,
    name: str,
    outcome: Outcome,
    *,
    language: str = "",
    aside: bool = False,
    **values: object,
) -> Turn:
    """Returns the turn with the text ``name``, in ``context.last_language`` by default. ``aside``: see ``Turn``."""
    text = wording.text(name, channel=context.channel, language=language or context.last_language, **values)
    return Turn(outcome=outcome, blocks=(TextBlock(text=text),), aside=aside)
