"""A conversation with the custom actions themselves: no Rasa, but its words (``domain.yml``), its slots and its turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.composer import FamilyStep
from actions.handlers.turn_action import TurnAction
from actions.server.app import build_executor
from bot.turns import assemble
from conversations.wording import Wording
from core.settings import Settings
from core.turns import Option, Turn
from retrieval.contracts import Retriever
from tests.unit.actions.fakes import FakeKnowledge

WORDING = Wording.load(Path(__file__).resolve().parents[3] / "domain.yml")
BY_INTENT = {
    "enquiry": "action_answer_enquiry",
    "choose": "action_show_entry",
    "choose_case": "action_choose_case",
    "go_back": "action_go_back",
    "none_of_these": "action_none_of_these",
    "deny": "action_none_of_these",
    "change_language": "action_move",
    "forget_situation": "action_forget_situation",
    "simplify": "action_simplify",
    "who_we_are": "action_about",
    "help": "action_small_talk",
    "opening_hours": "action_about",
}


class Talk:
    """``slots`` are what Rasa would keep; they go through JSON between two turns, as they do there."""

    def __init__(self, settings: Settings, retriever: Retriever, *, channel: str = "web", language: str = "fr") -> None:
        self._actions = build_executor(settings, retriever).actions
        self._channel = channel
        self.slots: dict[str, Any] = {"language": language}
        self._events: list[dict[str, Any]] = []  # what was said so far

    async def say(self, text: str, intent: str = "enquiry") -> Turn:
        return await self._turn(intent, {"text": text, "intent": {"name": intent}, "entities": []})

    async def press(self, payload: str) -> Turn:
        intent, brace, entities = payload.removeprefix("/").partition("{")
        told = json.loads(brace + entities) if brace else {}
        return await self._turn(intent, {"text": payload, "entities": [{"entity": k, "value": v} for k, v in told.items()]})

    async def _turn(self, intent: str, message: dict[str, Any]) -> Turn:
        dispatcher = CollectingDispatcher()
        self._events.append({"event": "user", "text": message["text"]})
        tracker = Tracker("c1", self.slots, message, list(self._events), False, None, {}, self._channel)
        tracker.get_latest_input_channel = lambda: self._channel
        for event in await self._actions[BY_INTENT[intent]](dispatcher, tracker, {}) or []:
            self.slots[event["name"]] = json.loads(json.dumps(event["value"]))
        spoken = [self._spoken(message) for message in dispatcher.messages]
        self._events += spoken
        return Turn.model_validate(assemble(spoken))

    def _spoken(self, message: dict[str, Any]) -> dict[str, Any]:
        values = {name: value for name, value in message.items() if isinstance(value, str)}
        response, language = message["response"], self.slots["language"]
        text = WORDING.text(response, channel=self._channel, language=language, **values) if response else ""
        return {"event": "bot", "text": text, "data": {"custom": message["custom"]}}


def action(name: str, settings: Settings, step: FamilyStep | None = None, retriever: Retriever | None = None) -> TurnAction:
    """Returns the custom action ``name``, by default on the fake knowledge base; ``step``: its own."""
    return TurnAction(f"action_{name}", settings, retriever or FakeKnowledge(), step)


def options(turn: Turn) -> list[Option]:
    """All buttons of a turn."""
    return [option for block in turn.blocks if block.type == "choices" for option in block.options]


def option(turn: Turn, label: str) -> str:
    """The payload of the button with this label."""
    (payload,) = [one.payload for one in options(turn) if one.label == label]
    return payload
