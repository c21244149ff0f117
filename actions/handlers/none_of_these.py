"""``action_none_of_these``: none of the pages offered is meant, as a button or a "no" says."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.messages.refusal import named_instead, tells
from actions.policy.answer_from_search import look_up, themes
from actions.policy.follow_up_policy import go_on
from actions.policy.topic_disambiguation import LOOKED_AT
from actions.replies.style import PAGES
from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import offer
from core.settings import Settings
from retrieval.contracts import Retriever
from retrieval.lexical.analysis import fold, terms


class NoneOfThese(Action):  # type: ignore[misc]
    """Offers the themes in which the question may belong, other words, and a human; with a ``theme``, pages of it.

    A refusal that names something instead is a question about that.
    """

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._settings, self._retriever = settings, retriever
        self._enquiry = AnswerEnquiry(settings, retriever)

    def name(self) -> str:
        return "action_none_of_these"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        refused = str((tracker.latest_message.get("intent") or {}).get("name")) == "deny"
        text = str(tracker.latest_message.get("text") or "")
        if refused and session.subject is None and tells(text):  # there is nothing to refuse yet
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
        instead = named_instead(text) if refused else ""
        if instead:
            await asyncio.to_thread(_anew, session, instead)
            return session.events
        theme = str(next(tracker.get_latest_entity_values("theme"), ""))
        offered = session.subject is not None and not session.subject.entry
        if not theme and not offered and refused:
            session.replies.acknowledge("utter_deny")
            return session.events
        await asyncio.to_thread(_browse if theme else _themes, session, theme)
        return session.events


def _anew(session: AnsweringSession, query: str) -> None:
    """Look up what is named instead: the page or the list that was refused has nothing to say to it.

    "Plutôt pour mon fils" still is about the same.
    """
    if query.lower().startswith(("pour ", "for ")) and go_on(session, query):
        return
    session.subject = None
    session.hear(query)
    look_up(session, query, PAGES)


def _themes(session: AnsweringSession, _: str) -> None:
    query = session.subject.query if session.subject else ""
    found = session.search(query, LOOKED_AT) if query else None
    options = themes(session, (found.hits or found.rejected) if found else ())
    session.replies.offer_themes(options, snapshot=session.retriever.status().snapshot)


def _browse(session: AnsweringSession, theme: str) -> None:
    query = session.subject.query if session.subject else ""
    found = session.search(theme if set(terms(query)) <= set(terms(theme)) else query, LOOKED_AT)
    refused = {_title(session, one) for one in (session.subject.offered if session.subject else ())}  # a page may have a double
    hits = [
        hit for hit in found.hits or found.rejected if fold(hit.title) not in refused and _is_in(session, hit.entry_id, theme)
    ]
    if hits:
        offer(session, hits, query, snapshot=found.snapshot, confidence=found.confidence)
    else:
        session.replies.no_answer((), snapshot=found.snapshot, confidence=found.confidence)


def _is_in(session: AnsweringSession, entry_id: str, theme: str) -> bool:
    entry = session.retriever.entry(entry_id, session.collection)
    return entry is not None and theme in entry.theme


def _title(session: AnsweringSession, entry_id: str) -> str:
    entry = session.retriever.entry(entry_id, session.collection)
    return fold(entry.title) if entry else ""
