"""``action_show_entry``: a button was pressed that names an entry."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.consultation import Consultation
from core.entry import passages
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
        talk = Consultation(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(_show, talk, entry_id, passage)
        return talk.events


def _show(talk: Consultation, entry_id: str, passage: int) -> None:
    entry = talk.retriever.entry(entry_id, talk.collection)
    if entry is None:
        talk.speaker.entry_gone(snapshot=talk.retriever.status().snapshot)
        return
    query = talk.subject.query if talk.subject and entry.id in talk.subject.offered else ""
    if query and talk.subject and not talk.subject.entry:  # one of the pages offered: its passage is merely the nearest one
        passage = talk.retriever.best_passage(entry, query)
    found = passages(entry)
    talk.open(entry, passage if passage < len(found) and not found[passage].defines else 0, query)
