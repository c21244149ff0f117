"""Intents that must not be missed win even if they are not the likeliest."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RecallFirst(GraphComponent):  # type: ignore[misc]
    """Comes last. If the intents that begin with ``prefix`` have at least ``threshold`` (0 to 1) of the probability together,
    the likeliest of them becomes the message's intent.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"prefix": "crisis_", "threshold": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._prefix, self._threshold = str(config["prefix"]), float(config["threshold"])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> RecallFirst:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the intent of messages that probably have one of those intents."""
        for message in messages:
            ranking = message.get("intent_ranking") or []
            urgent = [one for one in ranking if str(one["name"]).startswith(self._prefix)]
            if urgent and sum(one["confidence"] for one in urgent) >= self._threshold:
                message.set("intent", max(urgent, key=lambda one: one["confidence"]), add_to_output=True)
        return messages
