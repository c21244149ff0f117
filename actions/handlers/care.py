"""``action_care``: the classifier takes a message for one about a person in danger (intents ``crisis_…``)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.dialogue_state import Subject
from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from core.care import load_detector
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Retriever

_PREFIX = "crisis_"
_FRAGMENT = 4  # words: what is left of "je crève de chaud dans mon logement" says nothing


class SayDanger(AnswerEnquiry):
    """Says which kind it is, and no word: the worker puts the numbers first, as it does for what it recognises itself.

    Where ``confirms`` sees no danger in the message's meaning, it is an enquiry like any other; so is where something happened
    ("dans le train"), once a page is talked about. Idioms that only sound like a danger are left out before it looks.
    """

    def __init__(self, settings: Settings, retriever: Retriever, confirms: Callable[[str], bool] | None = None) -> None:
        super().__init__(settings, retriever)
        self._confirms = confirms
        self._beside_idioms = load_detector().beside_idioms

    def name(self) -> str:
        return "action_care"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Returns the kind of danger, or the answer to what was no danger."""
        text = str(tracker.latest_message.get("text") or "")
        subject = Subject.read(tracker.get_slot("subject"))
        if (subject and only_where(text)) or not await asyncio.to_thread(self._is_danger, text):
            return await super().run(dispatcher, tracker, domain)
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        dispatcher.utter_message(json_message={"outcome": Outcome.CRISIS, "care": intent.removeprefix(_PREFIX)})
        return []

    def _is_danger(self, text: str) -> bool:
        if self._confirms is None:
            return True
        beside = self._beside_idioms(text)
        return self._confirms(beside) if beside == text else len(beside.split()) > _FRAGMENT and self._confirms(beside)


def only_where(text: str) -> bool:
    """Decides whether ``text`` says where something happened, and nothing else."""
    return pattern("happened_in").match(plain(text)) is not None
