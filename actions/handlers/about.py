"""``action_about``: questions about the administration itself: hours, who it is, what it keeps, files that nobody here sees."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.dialogue_state import Subject
from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.messages.file_questions import asks_a_page, only_asks_where
from actions.messages.plain_words import plain
from actions.policy.offices import answer_office
from actions.replies.style import PAGES
from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import offer
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import RetrievalResult, Retriever

_RESPONSES = {
    "opening_hours": ("utter_opening_hours", Outcome.SMALL_TALK),
    "who_we_are": ("utter_who_we_are", Outcome.SMALL_TALK),
    "delete_messages": ("utter_delete_messages", Outcome.SMALL_TALK),
    "ask_file": ("utter_about_file", Outcome.OUT_OF_SCOPE),
}


# Whoever names none of these asks what becomes of the messages: "qui lit ce que j'écris ?".
_ERASES = re.compile(
    r"eff?ac|effass|suppr|retir|detru|destruct|dispara|oubli|enlev|jete[rz]|\bvire[rz]?\b"
    r"|table rase|clear|apag|\bsil\b|видал|soit garde"
    r"|vide[rz]?\b|nettoy"
    r"|erase|delet|remov|wipe|forget|borr|elimin|suprim|محو|احذف|حذف|امسح|مسح"
    r"|\b(?:ne |n')(?:gard|conserv|stock|sauvegard|enregistr)|(?:veux|souhaite|desire) pas|refus|m'oppos|(?:aucune|de) trace"
    r"|(?:not|n't) (?:keep|store|save)|article 17|consentement"
)


def wants_erased(text: str) -> bool:
    """Decides whether ``text`` wants what was written gone, and does not only ask what becomes of it."""
    return _ERASES.search(plain(text)) is not None


class About(Action):  # type: ignore[misc]
    """Says what the settings know. What only sounds like a question about one's own file is an enquiry."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever
        self._enquiry = AnswerEnquiry(settings, retriever)

    def name(self) -> str:
        return "action_about"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        subject = Subject.read(tracker.get_slot("subject"))
        text = str(tracker.latest_message.get("text") or "")
        page_shown = bool(subject and subject.entry)
        talked_about = page_shown or bool(subject and subject.offered)
        if (intent == "ask_file" and asks_a_page(text, page_shown=page_shown)) or (talked_about and only_asks_where(text)):
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        # "mairie de Rennes" sounds like the question who answers here.
        if intent != "ask_file" and await asyncio.to_thread(answer_office, session, text, ours=intent == "opening_hours"):
            return session.events
        response, outcome = _RESPONSES[intent]
        if intent == "delete_messages" and not wants_erased(text):
            response = "utter_privacy"
        found: RetrievalResult | None = None
        if intent == "ask_file":
            found = await asyncio.to_thread(session.search, text, PAGES)
        shows_pages = found is not None and bool(found.hits)
        hours = self._settings.opening_hours
        if intent == "opening_hours" and not hours:
            response = "utter_hours_unknown"
        dispatcher.utter_message(
            response=response,
            json_message={} if shows_pages else {"outcome": outcome},
            service=self._settings.service_name,
            organisation=self._settings.organisation,
            contact=self._settings.contact,
            hours=hours,
            days=str(self._settings.retention_days),
            url=self._settings.privacy_url,
        )
        if found is None or not shows_pages:
            return []
        # Nobody here sees a file; what holds for every file, how long it takes and where it is followed, the pages say.
        await asyncio.to_thread(_offer_rules, session, found, text)
        return session.events


def _offer_rules(session: AnsweringSession, found: RetrievalResult, text: str) -> None:
    offer(session, found.hits, text, snapshot=found.snapshot, confidence=found.confidence)
