"""``action_answer_enquiry``: everything that is not small talk is looked up."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.consultation import Consultation
from actions.going_on import go_on
from core.settings import Settings
from retrieval.contracts import Retriever

_LIMIT = 6
_CHOICES = 4


class AnswerEnquiry(Action):  # type: ignore[misc]
    """Shows the best passage found, offers several pages, or says that there is none."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever

    def name(self) -> str:
        return "action_answer_enquiry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Whatever retrieval raises is let through: the turn fails, and the worker says so."""
        talk = Consultation(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(self._answer, talk, str(tracker.latest_message.get("text") or ""))
        return talk.events

    def _answer(self, talk: Consultation, query: str) -> None:
        if talk.reply_to_question(query) or go_on(talk, query):
            return
        talk.hear(query)
        found = talk.search(query, _LIMIT)
        if found.decision == "answered":
            best = found.hits[0]
            entry = self._retriever.entry(best.entry_id, best.collection)
            if entry is None or entry.version != best.version:
                raise LookupError("another snapshot became active in between")  # the worker tries the turn again
            talk.open(entry, best.passage, query, confidence=found.confidence, others=found.hits[1:])
        elif found.decision == "choices":
            talk.offer(found.hits[:_CHOICES], query, snapshot=found.snapshot, confidence=found.confidence)
        else:
            talk.speaker.no_answer(snapshot=found.snapshot, confidence=found.confidence)
