"""``action_start_again``: what was said of oneself and of the subject is forgotten, unless something is asked as well."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.messages.topic_switch import asked_besides
from core.turns import Outcome


class StartAgain(AnswerEnquiry):
    """Resets every slot; the input channel sets the language anew before each turn.

    "Merci. Une autre chose : mes enfants devront-ils payer ?" is a question, and who asks it wants no fresh start.
    """

    def name(self) -> str:
        return "action_start_again"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        if asked_besides(str(tracker.latest_message.get("text") or "")):
            return await super().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_start_again", json_message={"outcome": Outcome.SMALL_TALK})
        return [AllSlotsReset()]
