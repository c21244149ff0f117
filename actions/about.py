"""``action_about``: questions about the administration itself: hours, who it is, and files that nobody here can see."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_enquiry import AnswerEnquiry
from actions.file_questions import asks_a_page, only_asks_where
from actions.subject import Subject
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Retriever

_RESPONSES = {
    "opening_hours": ("utter_opening_hours", Outcome.SMALL_TALK),
    "who_we_are": ("utter_who_we_are", Outcome.SMALL_TALK),
    "ask_file": ("utter_about_file", Outcome.OUT_OF_SCOPE),
}


class About(Action):  # type: ignore[misc]
    """Says what the settings know. What only sounds like a question about one's own file is an enquiry."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings = settings
        self._enquiry = AnswerEnquiry(settings, retriever)

    def name(self) -> str:
        return "action_about"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        subject = Subject.read(tracker.get_slot("subject"))
        text = str(tracker.latest_message.get("text") or "")
        page_shown = bool(subject and subject.entry)
        if (intent == "ask_file" and asks_a_page(text, page_shown=page_shown)) or (page_shown and only_asks_where(text)):
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
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
