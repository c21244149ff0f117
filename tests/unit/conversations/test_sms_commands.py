"""Keywords by SMS: in which language they are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from conversations.steps import sms_commands
from conversations.steps.sms_commands import SmsCommands
from core.turns import TextBlock
from tests.unit.conversations.test_care import WORDING, context


class NothingKept:
    """A database in which no STOP and nothing to read on is written."""

    @asynccontextmanager
    async def read(self, *, brief: bool) -> AsyncIterator[NothingKept]:
        yield self

    async def scalar(self, _: object) -> None:
        return None


@pytest.mark.parametrize(
    ("text", "spoken", "said"),
    [("MORE", "en", "There is"), ("HELP", "en", "automated assistant"), ("SUITE", "", "Il n'y a pas de suite")],
)
async def test_sms_keyword_is_answered_in_the_last_written_language(
    monkeypatch: pytest.MonkeyPatch, text: str, spoken: str, said: str
) -> None:
    async def not_silenced(*_: object) -> None:
        return None

    monkeypatch.setattr(sms_commands, "stop_message_of", not_silenced)
    turn = await SmsCommands(NothingKept(), WORDING)(context(text, channel="sms", last_written_language=spoken))  # type: ignore[arg-type]
    assert turn is not None
    (block,) = turn.blocks
    assert isinstance(block, TextBlock)
    assert said in block.text
