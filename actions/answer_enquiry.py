"""``action_answer_enquiry``: everything that is not small talk is looked up."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.aspects import names_nothing
from actions.beside import beside
from actions.consultation import LIMIT, Consultation
from actions.going_on import go_on
from actions.looking_up import answer_both, clarify, completed, look_up
from actions.questions_in import questions_in
from actions.signs_only import acknowledged
from actions.turning import corrected, turned_to
from core.settings import Settings
from retrieval.contracts import Retriever


class AnswerEnquiry(Action):  # type: ignore[misc]
    """Shows the best passage found, offers several pages, or says that there is none."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever

    def name(self) -> str:
        return "action_answer_enquiry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Whatever retrieval raises is let through: the turn fails, and the worker says so."""
        talk = Consultation(dispatcher, tracker, self._settings, self._retriever)
        await beside(self._answer, talk, str(tracker.latest_message.get("text") or ""))
        return talk.events

    def _answer(self, talk: Consultation, query: str) -> None:
        if acknowledged(talk, query):
            return
        before = talk.subject.query if talk.subject else ""
        if anew := turned_to(query) or corrected(query, before):
            talk.subject, query = None, anew
        elif talk.reply_to_question(query) or go_on(talk, query):
            return
        if talk.subject is None and names_nothing(query):
            found = talk.search(query, LIMIT)
            clarify(talk, query, (), snapshot=found.snapshot, confidence=found.confidence)
            return
        query = completed(talk, query)
        talk.hear(query)
        questions = questions_in(query)
        if len(questions) > 1 and answer_both(talk, questions):
            return
        look_up(talk, query, LIMIT)
