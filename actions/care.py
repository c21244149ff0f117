"""``action_care``: the classifier takes a message for one about a person in danger (intents ``crisis_…``)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_enquiry import AnswerEnquiry
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Retriever

_PREFIX = "crisis_"


class SayDanger(AnswerEnquiry):
    """Says which kind it is, and no word: the worker puts the numbers first, as it does for what it recognises itself.

    Where ``confirms`` sees no danger in the message's meaning, it is an enquiry like any other.
    """

    def __init__(self, settings: Settings, retriever: Retriever, confirms: Callable[[str], bool] | None = None) -> None:
        super().__init__(settings, retriever)
        self._confirms = confirms

    def name(self) -> str:
        return "action_care"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """The kind of danger, or the answer to what was no danger."""
        text = str(tracker.latest_message.get("text") or "")
        if self._confirms is not None and not await asyncio.to_thread(self._confirms, text):
            return await super().run(dispatcher, tracker, domain)
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        dispatcher.utter_message(json_message={"outcome": Outcome.CRISIS, "care": intent.removeprefix(_PREFIX)})
        return []
