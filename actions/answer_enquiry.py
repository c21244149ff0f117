"""``action_answer_enquiry``: everything that is not small talk is looked up."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cards import answer_card, entry_option
from actions.related import related_options
from actions.speaker import Speaker
from core.settings import Settings
from retrieval.contracts import RetrievalResult, Retriever

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
        query = str(tracker.latest_message.get("text") or "")
        language = str(tracker.get_slot("language") or self._settings.default_language)
        await asyncio.to_thread(self._answer, Speaker(dispatcher, self._settings), query, language)
        return []

    def _answer(self, speaker: Speaker, query: str, language: str) -> None:
        collection = self._settings.collection or None
        found = self._retriever.search(query, locale=language, collection=collection, limit=_LIMIT)
        if found.decision == "answered":
            self._show(speaker, found)
        elif found.decision == "choices":
            options = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in found.hits[:_CHOICES]]
            speaker.choose(options, snapshot=found.snapshot, confidence=found.confidence)
        else:
            speaker.no_answer(snapshot=found.snapshot, confidence=found.confidence)

    def _show(self, speaker: Speaker, found: RetrievalResult) -> None:
        best = found.hits[0]
        entry = self._retriever.entry(best.entry_id, best.collection)
        if entry is None or entry.version != best.version:
            raise LookupError("another snapshot became active in between")  # the worker tries the turn again
        related = related_options(entry, found.hits[1:], self._retriever)
        card = answer_card(entry, best.passage, found.snapshot)
        speaker.answer(entry, card, language=found.language, confidence=found.confidence, related=related)
