"""``action_show_entry``: a button was pressed that names an entry."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cards import answer_card
from actions.related import related_options
from actions.speaker import Speaker
from core.settings import Settings
from retrieval.contracts import Retriever


class ShowEntry(Action):  # type: ignore[misc]
    """Shows the entry of the payload ``/choose{"entry": …, "passage": …}``, or says that it is gone."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever

    def name(self) -> str:
        return "action_show_entry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        entry_id = str(next(tracker.get_latest_entity_values("entry"), ""))
        passage = int(next(tracker.get_latest_entity_values("passage"), 0))
        language = str(tracker.get_slot("language") or self._settings.default_language)
        await asyncio.to_thread(self._show, Speaker(dispatcher, self._settings), entry_id, passage, language)
        return []

    def _show(self, speaker: Speaker, entry_id: str, passage: int, language: str) -> None:
        entry = self._retriever.entry(entry_id, self._settings.collection or None)
        snapshot = self._retriever.status().snapshot
        if entry is None:
            speaker.no_answer("utter_entry_gone", snapshot=snapshot)
            return
        related = related_options(entry, (), self._retriever)
        speaker.answer(entry, answer_card(entry, passage, snapshot), language=language, confidence=None, related=related)
