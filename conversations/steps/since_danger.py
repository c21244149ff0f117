"""A message that continues a danger reported before ("il est là, je ne peux pas appeler"): the engine cannot understand it."""

from __future__ import annotations

from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from conversations.turns.care_before import Recall
from conversations.wording import FRAMES
from core.turns import Turn


class SinceDanger:
    """A ``Step``: repeats the emergency numbers where ``recall`` names a danger shortly before."""

    def __init__(self, care: CareReplies, recall: Recall) -> None:
        self._care, self._recall = care, recall

    async def __call__(self, context: TurnContext) -> Turn | None:
        found = None if context.is_choice or context.danger else self._care.later_sign(context.text)
        if found is None:
            return None
        since, written = found
        # "Esta aqui" is Spanish and Portuguese: the reply keeps the language of the danger.
        language = (
            context.language if written == "fr" else context.last_language if context.last_language in FRAMES else written
        )
        return self._care.again(since, await self._recall(context.conversation), channel=context.channel, language=language)
