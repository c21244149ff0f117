"""``action_forget_situation``: the citizen wants what they said of themselves to be forgotten."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies.reply_builder import ReplyBuilder
from core.settings import Settings


class ForgetSituation(Action):  # type: ignore[misc]
    """Empties both slots: the situation, and the subject with the cases chosen in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def name(self) -> str:
        return "action_forget_situation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        ReplyBuilder(dispatcher, self._settings).acknowledge("utter_forgotten")
        return [SlotSet("situation", None), SlotSet("subject", None)]
