"""Reads a message once for all steps: whether it reports a danger, and in which language it is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from conversations.wording import FRAMES
from core.care import Alert, DangerJudgement, SentencesToJudge, judged_alert
from core.languages import LANGUAGES
from core.text.analysis import analyse

# Words. Shorter messages are too uncertain. Of messages from tests/evaluation/languages cut to three, four and five words,
# .082, .039 and .034 are taken for French where French is expected, and .009, .009 and .004 where their own language is; of
# French ones .141, .040 and .015 are taken for English after English, nearly all without a function word ("smic 2020 brut").
_MAX_SHORT_WORDS = 5

# Detects the language of a text; the second argument is the expected one.
type Detect = Callable[[str, str], str]
# Decides what sentences are about, by their meaning.
type Judge = Callable[[SentencesToJudge], Awaitable[DangerJudgement]]


class MessageReading:
    """Reads by patterns, and asks ``judge`` where patterns alone cannot decide.

    ``detect`` finds the language: a message in another language than the chosen one is answered in it, where there is wording.
    """

    def __init__(self, care: CareReplies, *, detect: Detect, judge: Judge) -> None:
        self._care, self._detect, self._judge = care, detect, judge

    async def __call__(self, context: TurnContext) -> TurnContext:
        """Returns ``context`` with ``danger`` and ``message_language``."""
        if context.payload:
            return replace(context, is_read=True, message_language=context.last_language)
        danger, language = await analyse(lambda _: (self.danger(context), self._language(context)), context.text)
        sentences = await analyse(lambda text: self._care.sentences_to_judge(text, danger, language), context.text)
        if sentences is not None:
            danger = judged_alert(context.text, danger, await self._judge(sentences))
        return replace(context, is_read=True, danger=danger, message_language=language)

    def danger(self, context: TurnContext) -> Alert | None:
        """Returns the alert for the text by its patterns; ``None`` for a button."""
        return None if context.payload else self._care.alert(context.text)

    def _language(self, context: TurnContext) -> str:
        """Returns the language to answer in: the message's, or for a number, a label or a sign the one before."""
        if context.is_choice or not any(character.isalpha() for character in context.text):
            return context.last_language
        # "I earn 1500 euros" may be French or English: the language written before is expected. In longer messages it is
        # detected.
        short = len(context.text.split()) <= _MAX_SHORT_WORDS
        detected = self._detect(context.text, context.last_language if short else context.language)
        return detected if detected in (*LANGUAGES, *FRAMES) else context.language
