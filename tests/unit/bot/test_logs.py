"""The input channel's log: a line for each turn, whatever its fields are called, and no text."""

from __future__ import annotations

import json
import logging

import pytest

from bot.logs import log_turns


def test_a_turn_is_one_line_with_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("test of turns")
    log_turns(logger)
    logger.info("turn", extra={"fields": {"message": "m1", "outcome": "answered", "text": "mon numéro"}})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["message"], line["outcome"]) == ("turn", "m1", "answered")
    assert "text" not in line
