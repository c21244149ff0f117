"""The step of a message that continues a danger reported before ("il est là, je ne peux pas appeler"): the engine cannot
understand it.
"""

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
        follow_up = None if context.is_choice or context.danger else self._care.later_sign(context.text)
        if follow_up is None:
            return None
        since, written = follow_up
        if written == "fr":
            language = context.language
        elif context.last_language in FRAMES:  # "Esta aqui" is Spanish and Portuguese: the language of the danger decides
            language = context.last_language
        else:
            language = written
        names = await self._recall(context.conversation)
        return self._care.repeat_numbers(since, names, channel=context.channel, language=language)
