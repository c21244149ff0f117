"""``action_start_again``: what was said of oneself and of the subject is forgotten."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset
from rasa_sdk.executor import CollectingDispatcher

from core.turns import Outcome


class StartAgain(Action):  # type: ignore[misc]
    """Resets every slot; the input channel sets the language anew before each turn."""

    def name(self) -> str:
        return "action_start_again"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_start_again", json_message={"outcome": Outcome.SMALL_TALK})
        return [AllSlotsReset()]
