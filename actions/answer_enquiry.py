"""``action_answer_enquiry``: everything that is not small talk is looked up."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.aspects import names_nothing
from actions.consultation import Consultation
from actions.going_on import go_on
from actions.looking_up import answer_both, clarify, completed, look_up
from actions.policy.reply_to_question import reply_to_question
from actions.questions_in import questions_in
from actions.reach_human import ReachHuman
from actions.replies.style import PAGES
from actions.signs_only import acknowledged
from actions.turning import corrected, turned_to
from core.decision_trace import note
from core.settings import Settings
from core.text.wants_human import wants_human
from retrieval.contracts import Retriever


class AnswerEnquiry(Action):  # type: ignore[misc]
    """Shows the best passage found, offers several pages, or says that there is none; a human for who asks for one."""

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever
        self._reach_human = ReachHuman(settings)

    def name(self) -> str:
        return "action_answer_enquiry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Whatever retrieval raises is let through: the turn fails, and the worker says so."""
        text = str(tracker.latest_message.get("text") or "")
        if wants_human(text):
            note("wants_human")
            reached: list[dict[str, Any]] = await self._reach_human.run(dispatcher, tracker, domain)
            return reached
        talk = Consultation(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(self._answer, talk, text)
        return talk.events

    def _answer(self, talk: Consultation, query: str) -> None:
        if acknowledged(talk, query):
            note("no_words")
            return
        before = talk.subject.query if talk.subject else ""
        if anew := turned_to(query) or corrected(query, before):
            note("turned", query=anew)
            talk.subject, query = None, anew
        elif reply_to_question(talk, query) or go_on(talk, query):
            return
        if talk.subject is None and names_nothing(query):
            note("names_nothing")
            found = talk.search(query, PAGES)
            clarify(talk, query, (), snapshot=found.snapshot, confidence=found.confidence)
            return
        query = completed(talk, query)
        talk.hear(query)
        questions = questions_in(query)
        if len(questions) > 1:
            note("two_questions")
            if answer_both(talk, questions):
                return
        look_up(talk, query, PAGES)
