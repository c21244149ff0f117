"""``action_reach_human``: somebody wants to speak to a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies.reply_builder import ReplyBuilder
from core.database.base import now
from core.settings import Settings


class ReachHuman(Action):  # type: ignore[misc]
    """Asks for a supervisor while one is on duty; else says when, and how the administration is reached."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        self._settings, self._clock = settings, clock
        self._opening = settings.opening

    def name(self) -> str:
        return "action_reach_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        replies, moment = ReplyBuilder(dispatcher, self._settings), self._clock()
        language = str(tracker.get_slot("language") or self._settings.default_language)
        if self._settings.desk_staffed and self._opening.is_open(moment):
            replies.wait_for_human()
        else:
            back = self._opening.next_opening(moment) if self._settings.desk_staffed else None
            replies.nobody_on_duty(back, language)
        return []
