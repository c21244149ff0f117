"""``action_about``: questions about the administration itself: hours, who it is, and files that nobody here can see."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from core.settings import Settings
from core.turns import Outcome

_RESPONSES = {
    "opening_hours": ("utter_opening_hours", Outcome.SMALL_TALK),
    "who_we_are": ("utter_who_we_are", Outcome.SMALL_TALK),
    "ask_file": ("utter_about_file", Outcome.OUT_OF_SCOPE),
}


class About(Action):  # type: ignore[misc]
    """Says what the settings know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def name(self) -> str:
        return "action_about"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        response, outcome = _RESPONSES[intent]
        hours = self._settings.opening_hours
        if intent == "opening_hours" and not hours:
            response = "utter_hours_unknown"
        dispatcher.utter_message(
            response=response,
            json_message={"outcome": outcome},
            service=self._settings.service_name,
            organisation=self._settings.organisation,
            contact=self._settings.contact,
            hours=hours,
        )
        return []
