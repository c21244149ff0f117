"""The action server's answer to workers of this version and of the one before, by way of the engine's input channel."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from actions.server.app import create_app
from bot.turns import assemble
from conversations.wording import Wording
from core.settings import ROOT, Settings
from core.turns import Turn
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.core import blocks_of_form_1 as before

_WORDING = Wording.load(ROOT / "domain.yml")


def _events(settings: Settings, metadata: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What Rasa's tracker holds after the action, asked for with ``metadata`` of the message."""
    message = {"text": "choix", "entities": []} | ({} if metadata is None else {"metadata": metadata})
    tracker = {"sender_id": "c1", "slots": {"language": "fr"}, "latest_message": message, "events": []}
    client = TestClient(create_app(settings, FakeKnowledge()), headers=settings.internal_headers)
    answer = client.post("/webhook", json={"next_action": "action_answer_enquiry", "sender_id": "c1", "tracker": tracker})
    answer.raise_for_status()
    return [_spoken(response) for response in answer.json()["responses"]]


def _spoken(response: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in response.items() if isinstance(value, str)}
    text = _WORDING.text(values.pop("response"), channel="web", language="fr", **values)
    return {"event": "bot", "text": text, "data": {"custom": response["custom"]}}


def _extracts(turn: Turn) -> list[bool]:
    return [bool(option.extract) for block in turn.blocks if block.type == "choices" for option in block.options]


@pytest.mark.parametrize("metadata", [None, {}, {"number": "•• 42"}, {"form": 1}, {"form": "2"}])
def test_worker_that_does_not_say_that_it_reads_mini_cards_gets_none(
    settings: Settings, metadata: dict[str, Any] | None
) -> None:
    turn = assemble(_events(settings, metadata))
    assert before.Turn.model_validate(turn).outcome == "choices"
    assert not any(_extracts(Turn.model_validate(turn)))


def test_worker_of_this_version_gets_mini_cards(settings: Settings) -> None:
    events = _events(settings, {"form": 2})
    assert any(_extracts(Turn.model_validate(assemble(events, 2))))
    with pytest.raises(ValidationError):
        before.Turn.model_validate(assemble(events, 2))


def test_older_worker_that_asks_again_for_a_turn_of_a_newer_one_reads_it(settings: Settings) -> None:
    events = _events(settings, {"form": 2})
    assert before.Turn.model_validate(assemble(events, 1)).blocks
    assert any(_extracts(Turn.model_validate(assemble(events, 2))))  # the tracker keeps them
