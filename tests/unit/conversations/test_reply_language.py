"""What a channel adds to a reply ("SUITE to read on") is in the language of the reply."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conversations.ports import Rendered
from core.turns import Outcome, ReplyBlock, TextBlock, Turn
from tests.unit.conversations.processors import bare_processor
from tests.unit.conversations.test_turn_pipeline import _context


def _render(blocks: Sequence[ReplyBlock], *, language: str) -> Rendered:
    return Rendered(language)


@pytest.mark.parametrize(
    ("spoken", "news", "language"),
    [("", "ar", "ar"), ("ar", "", "ar"), ("en", "fr", "fr"), ("", "", "fr")],
)
async def test_reply_is_rendered_in_the_language_of_the_answer(spoken: str, news: str, language: str) -> None:
    class Answering:
        async def answer(self, context: object) -> Turn:
            return Turn(outcome=Outcome.SMALL_TALK, blocks=(TextBlock(text="-"),), spoken=news)

    actor = bare_processor(turns=Answering(), renderers={"sms": _render})
    _, rendered = await actor._decide(_context(last_written_language=spoken))
    assert rendered.text == language
