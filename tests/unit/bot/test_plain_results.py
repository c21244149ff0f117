"""Answers of actions that need not be held against Rasa's schema."""

from __future__ import annotations

from typing import Any

import pytest

from bot.plain_results import only_sets_slots

_SLOT = {"event": "slot", "name": "subject", "value": None, "timestamp": None}


@pytest.mark.parametrize(
    ("result", "plain"),
    [
        ({"events": [], "responses": []}, True),
        ({"events": [_SLOT, {**_SLOT, "value": {"entry": "F1"}}], "responses": [{"response": "utter_answer"}]}, True),
        ({}, True),
        ({"events": [_SLOT, {"event": "followup", "name": "action_listen"}], "responses": []}, False),
        ({"events": [{"event": "slot", "name": "subject"}], "responses": []}, False),
        ({"events": [{**_SLOT, "name": None}], "responses": []}, False),
        ({"events": ["slot"], "responses": []}, False),
        ({"events": _SLOT, "responses": []}, False),
        ({"events": [], "responses": ["bonjour"]}, False),
        (None, False),
    ],
)
def test_only_what_surely_fits_the_schema_passes(result: Any, plain: bool) -> None:
    assert only_sets_slots(result) is plain
