"""``action_care``: the classifier takes a message for one about a person in danger (intents ``crisis_…``)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from core.turns import Outcome

_PREFIX = "crisis_"


class SayDanger(Action):  # type: ignore[misc]
    """Says which kind it is, and no word: the worker puts the numbers first, as it does for what it recognises itself."""

    def name(self) -> str:
        return "action_care"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        dispatcher.utter_message(json_message={"outcome": Outcome.CRISIS, "care": intent.removeprefix(_PREFIX)})
        return []
