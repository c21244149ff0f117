"""The custom actions that answer a message. One class is enough, since the composer has the step of each."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.composer import FAMILY_STEPS, FamilyStep, compose
from actions.turn.turn import Turn
from core.settings import Settings
from retrieval.contracts import Retriever


class TurnAction(Action):  # type: ignore[misc]
    """The custom action ``name`` of ``domain.yml``. It composes the reply in a thread, so that it does not block other turns.

    ``step``: its own step, tried before those of every question; by default that of ``FAMILY_STEPS``, if it has one there.
    """

    def __init__(self, name: str, settings: Settings, retriever: Retriever, step: FamilyStep | None = None) -> None:
        self._name, self._settings, self._retriever = name, settings, retriever
        self._step = step or FAMILY_STEPS[name]

    def name(self) -> str:
        """Returns the name in ``domain.yml``."""
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utters the reply, and returns the events with which Rasa stores its state."""
        turn = Turn.read(tracker, self._settings, self._retriever)
        reply = await asyncio.to_thread(compose, turn, self._step)
        return reply.send(dispatcher)
