"""``action_show_entry``: a button was pressed that names an entry."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.policy.offices import choose_place
from actions.session.answering_session import AnsweringSession
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
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(_show, session, entry_id, passage)
        return session.events


def _show(session: AnsweringSession, entry_id: str, passage: int) -> None:
    if choose_place(session, entry_id):
        return
    entry = session.retriever.entry(entry_id, session.collection)
    if entry is None:
        session.replies.entry_gone(snapshot=session.retriever.status().snapshot)
        return
    query = session.subject.query if session.subject and entry.id in session.subject.offered else ""
    # One of the pages offered: its passage is merely the nearest one.
    if query and session.subject and not session.subject.entry:
        passage = session.retriever.best_passage(entry, query)
    found = passages(entry)
    session.open(entry, passage if passage < len(found) and not found[passage].defines else 0, query)
