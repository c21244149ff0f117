"""``action_reach_human``: the citizen would rather talk to a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.speaker import Speaker
from core.settings import Settings


class ReachHuman(Action):  # type: ignore[misc]
    """Says how the administration is reached."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def name(self) -> str:
        return "action_reach_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        Speaker(dispatcher, self._settings).reach_human()
        return []
