"""``action_small_talk``: help, an insult, whether this is a machine; unless a page answers what was written."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.replies.style import PAGES
from actions.session.answering_session import AnsweringSession
from core.text.wants_human import wants_human
from core.turns import Outcome
from retrieval.lexical.analysis import terms

_RESPONSES = {"help": "utter_help", "ask_if_bot": "utter_ask_if_bot", "insult": "utter_insult"}
_FEW_TERMS = 1  # so few are a courtesy, whatever page has them


class SmallTalk(AnswerEnquiry):
    """Says the sentence of the intent. One word never decides: "mon chat a griffé quelqu'un" is no question to the chatbot."""

    def name(self) -> str:
        return "action_small_talk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Answers from a page that is sure, reaches a human for who asks for one, and says the intent's sentence else."""
        text = str(tracker.latest_message.get("text") or "")
        session = AnsweringSession(dispatcher, tracker, self._settings, self._retriever)
        if wants_human(text) or await asyncio.to_thread(_is_answered, session, text):
            return await super().run(dispatcher, tracker, domain)
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        dispatcher.utter_message(response=_RESPONSES.get(intent, "utter_help"), json_message={"outcome": Outcome.SMALL_TALK})
        return []


def _is_answered(session: AnsweringSession, text: str) -> bool:
    return len(set(terms(text))) > _FEW_TERMS and session.search(text, PAGES).decision == "answered"
