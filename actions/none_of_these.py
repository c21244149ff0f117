"""``action_none_of_these``: none of the pages offered is meant, as a button or a "no" says."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_enquiry import AnswerEnquiry
from actions.consultation import Consultation
from actions.dossiers import LOOKED_AT
from actions.going_on import go_on
from actions.looking_up import look_up, themes
from actions.offering import offer
from actions.refusal import named_instead, tells
from actions.replies.style import PAGES
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
        talk = Consultation(dispatcher, tracker, self._settings, self._retriever)
        refused = str((tracker.latest_message.get("intent") or {}).get("name")) == "deny"
        text = str(tracker.latest_message.get("text") or "")
        if refused and talk.subject is None and tells(text):  # there is nothing to refuse yet
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
        instead = named_instead(text) if refused else ""
        if instead:
            await asyncio.to_thread(_anew, talk, instead)
            return talk.events
        theme = str(next(tracker.get_latest_entity_values("theme"), ""))
        offered = talk.subject is not None and not talk.subject.entry
        if not theme and not offered and refused:
            talk.speaker.acknowledge("utter_deny")
            return talk.events
        await asyncio.to_thread(_browse if theme else _themes, talk, theme)
        return talk.events


def _anew(talk: Consultation, query: str) -> None:
    """Look up what is named instead: the page or the list that was refused has nothing to say to it.

    "Plutôt pour mon fils" still is about the same.
    """
    if query.lower().startswith(("pour ", "for ")) and go_on(talk, query):
        return
    talk.subject = None
    talk.hear(query)
    look_up(talk, query, PAGES)


def _themes(talk: Consultation, _: str) -> None:
    query = talk.subject.query if talk.subject else ""
    found = talk.search(query, LOOKED_AT) if query else None
    options = themes(talk, (found.hits or found.rejected) if found else ())
    talk.speaker.offer_themes(options, snapshot=talk.retriever.status().snapshot)


def _browse(talk: Consultation, theme: str) -> None:
    query = talk.subject.query if talk.subject else ""
    found = talk.search(theme if set(terms(query)) <= set(terms(theme)) else query, LOOKED_AT)
    refused = {_title(talk, one) for one in (talk.subject.offered if talk.subject else ())}  # a page may have a double
    hits = [hit for hit in found.hits or found.rejected if fold(hit.title) not in refused and _is_in(talk, hit.entry_id, theme)]
    if hits:
        offer(talk, hits, query, snapshot=found.snapshot, confidence=found.confidence)
    else:
        talk.speaker.no_answer((), snapshot=found.snapshot, confidence=found.confidence)


def _is_in(talk: Consultation, entry_id: str, theme: str) -> bool:
    entry = talk.retriever.entry(entry_id, talk.collection)
    return entry is not None and theme in entry.theme


def _title(talk: Consultation, entry_id: str) -> str:
    entry = talk.retriever.entry(entry_id, talk.collection)
    return fold(entry.title) if entry else ""
