"""The step of a message that continues a danger reported before ("il est là, je ne peux pas appeler"): the engine cannot
understand it.
"""

from __future__ import annotations

from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from conversations.turns.recent_care import Recall
from conversations.wording import FRAMES
from core.turns import Turn


class DangerFollowUp:
    """A ``Step``: repeats the emergency numbers if ``recall`` finds a danger shortly before."""

    def __init__(self, care: CareReplies, recall: Recall) -> None:
        self._care, self._recall = care, recall

    async def __call__(self, context: TurnContext) -> Turn | None:
        follow_up = None if context.is_choice or context.danger else self._care.since(context.text)
        if follow_up is None:
            return None
        since, written = follow_up
        # "Esta aqui" is Spanish and Portuguese: the reply keeps the language of the danger.
        language = (
            context.language if written == "fr" else context.last_language if context.last_language in FRAMES else written
        )
        names = await self._recall(context.conversation)
        return self._care.repeat_numbers(since, names, channel=context.channel, language=language)
