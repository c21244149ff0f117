"""``action_go_back``: one question back, by a button or in words ("retour", "je me suis trompé")."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.case_tree import steps_to
from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.messages.topic_switch import corrected
from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import offer_again
from core.settings import Settings
from retrieval.contracts import Retriever


class GoBack(Action):  # type: ignore[misc]
    """Asks the last question about the citizen's case again; before the first one, offers the pages again."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever
        self._enquiry = AnswerEnquiry(settings, retriever)

    def name(self) -> str:
        return "action_go_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        if corrected(str(tracker.latest_message.get("text") or ""), ""):  # "je me suis trompé, c'est la carte grise"
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(_back, session)
        return session.events


def _back(session: AnsweringSession) -> None:
    subject = session.subject
    entry = session.retriever.entry(subject.entry, session.collection) if subject and subject.entry else None
    if subject is None or entry is None:
        session.replies.acknowledge("utter_back_at_start")
        return
    try:
        steps = steps_to(entry, session.stands_at(entry))
        fork = steps[-1].fork if steps else None
    except LookupError:  # the entry has changed since
        fork = None
    if fork is not None:
        session.reopen(entry, fork)
    elif not offer_again(session):
        session.replies.acknowledge("utter_back_at_start")
