"""``action_simplify``: the entry shown last in easy words, where its editors wrote some."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies.cards import plain_card
from actions.replies.reply_builder import Besides, ReplyBuilder
from actions.replies.style import Style
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Retriever


class Simplify(Action):  # type: ignore[misc]
    """Shows ``easy_text``; without any, says so and where else to turn: words are never made up here."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever

    def name(self) -> str:
        return "action_simplify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        language = str(tracker.get_slot("language") or self._settings.default_language)
        style = Style.of(str(tracker.get_latest_input_channel() or "web"), self._settings)
        await asyncio.to_thread(self._show, dispatcher, _shown_last(tracker), language, style)
        return []

    def _show(self, dispatcher: CollectingDispatcher, entry_id: str, language: str, style: Style) -> None:
        entry = self._retriever.entry(entry_id, self._settings.collection or None) if entry_id else None
        if entry is None:
            dispatcher.utter_message(response="utter_simplify_what", json_message={"outcome": Outcome.SMALL_TALK})
        elif not entry.easy_text:
            dispatcher.utter_message(response="utter_not_simpler", json_message={"outcome": Outcome.NO_ANSWER})
        else:
            easy = plain_card(entry, self._retriever.status().snapshot, style)
            ReplyBuilder(dispatcher, self._settings).answer(entry, easy, Besides(), language=language, confidence=None)


def _shown_last(tracker: Tracker) -> str:
    """Returns the id of the entry on the last card of the conversation, or nothing."""
    for event in reversed(tracker.events):
        entry = ((event.get("data") or {}).get("custom") or {}).get("entry") if event.get("event") == "bot" else None
        if entry:
            return str(entry)
    return ""
