"""``action_choose_case``: a button was pressed under a question about the citizen's case."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.case_tree import fork_at, read
from actions.session.answering_session import AnsweringSession
from core.settings import Settings
from retrieval.contracts import Retriever


class ChooseCase(Action):  # type: ignore[misc]
    """Reads ``/choose_case{"entry", "case"}``, ``{"entry", "fork", "page"}`` (more cases), ``{"entry", "fork"}`` (unsure),
    ``{"entry", "passage"}`` (another part of the page, for whom the case is known) and ``{"entry", "rest"}`` (the rest of a
    part)."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever

    def name(self) -> str:
        return "action_choose_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        told = {
            name: next(tracker.get_latest_entity_values(name), None)
            for name in ("entry", "case", "fork", "page", "passage", "rest")
        }
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(_choose, session, {name: str(value) for name, value in told.items() if value is not None})
        return session.events


def _choose(session: AnsweringSession, told: dict[str, str]) -> None:
    """A button outlives the version of the entry that it was made for: if its address leads nowhere, the entry begins anew."""
    entry = session.retriever.entry(told.get("entry", ""), session.collection)
    if entry is None:
        session.replies.entry_gone(snapshot=session.retriever.status().snapshot)
        return
    try:
        if "case" in told:
            session.choose(entry, read(told["case"]))
        elif "rest" in told:
            session.read_on(entry, int(told["rest"]))
        elif "passage" in told:
            session.turn_to(entry, int(told["passage"]))
        elif "page" in told:
            session.reopen(entry, fork_at(entry, read(told.get("fork", ""))), int(told["page"]))
        else:
            session.show_all(entry, fork_at(entry, read(told.get("fork", ""))))
    except (LookupError, ValueError):
        session.open(entry, 0, "")
