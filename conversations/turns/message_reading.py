"""Reads a message once for all steps: whether it tells of a danger, and in which language it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from conversations.wording import FRAMES
from core.care import Alert, Asked, Meant, by_meaning
from core.languages import LANGUAGES
from core.text.reading import read

# Words. Cut to their first or last three, four and five words, messages of tests/evaluation/languages are taken for French in
# .082, .039 and .034 of all cases where French is expected, in .009, .009 and .004 where their own language is; of French ones
# .141, .040 and .015 are taken for English after English, nearly all without a single small word ("smic 2020 brut").
_TELLS_NO_LANGUAGE = 5

# Tells the language of a text, the one that is expected among others.
type Detect = Callable[[str, str], str]
# Tells what sentences are about, by their meaning.
type Judge = Callable[[Asked], Awaitable[Meant]]


def as_expected(_: str, expected: str) -> str:
    """Is the ``Detect`` that takes every text for what is expected."""
    return expected


async def not_judged(_: Asked) -> Meant:
    """Is the ``Judge`` that leaves the patterns their word."""
    return Meant(confirmed=True)


class MessageReading:
    """Reads by patterns, and asks ``judge`` what the patterns alone do not tell.

    ``detect`` tells the language: whoever writes in another one than they chose is answered in it, where there is wording.
    """

    def __init__(self, care: CareReplies, *, detect: Detect, judge: Judge) -> None:
        self._care, self._detect, self._judge = care, detect, judge

    async def __call__(self, context: TurnContext) -> TurnContext:
        """Returns ``context`` with ``danger`` and ``message_language``."""
        if context.payload:
            return replace(context, is_read=True, message_language=context.last_language)
        danger, language = await read(lambda _: (self.danger(context), self._language(context)), context.text)
        asked = await read(lambda text: self._care.to_ask(text, danger, language), context.text)
        if asked is not None:
            danger = by_meaning(context.text, danger, await self._judge(asked))
        return replace(context, is_read=True, danger=danger, message_language=language)

    def danger(self, context: TurnContext) -> Alert | None:
        """Returns what the text calls for by its patterns; a button that is pressed calls for nothing."""
        return None if context.payload else self._care.alert(context.text)

    def _language(self, context: TurnContext) -> str:
        """The language to answer in: that of the message; of the one before, where it is a number, a label or a sign."""
        if context.is_choice or not any(character.isalpha() for character in context.text):
            return context.last_language
        # "I earn 1500 euros" may be French or English: it is what was written before. Longer messages are listened to anew.
        short = len(context.text.split()) <= _TELLS_NO_LANGUAGE
        found = self._detect(context.text, context.last_language if short else context.language)
        return found if found in (*LANGUAGES, *FRAMES) else context.language
