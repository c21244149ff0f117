"""``action_answer_enquiry``: everything that is not small session is looked up."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.reach_human import ReachHuman
from actions.messages.aspects import names_nothing
from actions.messages.several_questions import questions_in
from actions.messages.topic_switch import corrected, turned_to
from actions.policy.answer_from_search import answer_both, clarify, completed, look_up
from actions.policy.follow_up_policy import go_on
from actions.policy.offices import add_office, answer_office
from actions.policy.reply_to_question import reply_to_question
from actions.policy.wordless_messages import acknowledged
from actions.replies.style import PAGES
from actions.session.answering_session import AnsweringSession
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
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        await asyncio.to_thread(self._answer, session, text)
        return session.events

    def _answer(self, session: AnsweringSession, query: str) -> None:
        if acknowledged(session, query):
            note("no_words")
            return
        if answer_office(session, query):
            return
        before = session.subject.query if session.subject else ""
        if anew := turned_to(query) or corrected(query, before):
            note("turned", query=anew)
            session.subject, query = None, anew
        elif reply_to_question(session, query) or go_on(session, query):
            return
        if session.subject is None and names_nothing(query):
            note("names_nothing")
            found = session.search(query, PAGES)
            clarify(session, query, (), snapshot=found.snapshot, confidence=found.confidence)
            return
        query = completed(session, query)
        session.hear(query)
        questions = questions_in(query)
        if len(questions) > 1:
            note("two_questions")
            if answer_both(session, questions):
                return
        look_up(session, query, PAGES)
        add_office(session, query)
