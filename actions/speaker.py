"""How actions speak: each utterance is a response of ``domain.yml`` with what the input channel makes a turn of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.cards import Card, choices, is_old
from core.entry import Entry
from core.opening import day_and_time
from core.settings import Settings
from core.turns import ChoicesBlock, Option, Outcome


class Speaker:
    """Utters on behalf of one run of an action."""

    def __init__(self, dispatcher: CollectingDispatcher, settings: Settings) -> None:
        self._dispatcher, self._settings = dispatcher, settings

    def answer(self, entry: Entry, card: Card, *, language: str, confidence: float | None, related: Sequence[Option]) -> None:
        """The card, with its warnings and what to see besides."""
        block = card.block
        name = "utter_answer" if entry.locale == language else "utter_answer_other_language"
        custom: dict[str, Any] = {
            "outcome": Outcome.ANSWERED,
            "block": block.model_dump(mode="json"),
            "entry": block.entry,
            "entry_version": block.entry_version,
            "snapshot": block.snapshot,
            "confidence": confidence,
        }
        self._say(name, custom, title=block.title)
        if card.shortened and block.source.url:
            self._say("utter_read_on", {"fill": "more"}, url=block.source.url)
        if block.verified_on is None:
            self._say("utter_undated", {"fill": "notice"})
        elif is_old(block.verified_on, self._settings.verified_months, date.today()):
            self._say("utter_old", {"fill": "notice"}, date=block.verified_on.strftime("%d/%m/%Y"))
        if related:
            self._say("utter_related", {"block": choices("related", related).model_dump(mode="json")})

    def choose(self, options: Sequence[Option], *, snapshot: str, confidence: float) -> None:
        """Which of these entries?"""
        block: ChoicesBlock = choices("entries", options)
        custom = {
            "outcome": Outcome.CHOICES,
            "block": block.model_dump(mode="json"),
            "snapshot": snapshot,
            "confidence": confidence,
        }
        self._say("utter_choices", custom)

    def no_answer(self, response: str = "utter_no_answer", *, snapshot: str = "", confidence: float | None = None) -> None:
        """That there is nothing good enough, and where else to ask."""
        custom = {"outcome": Outcome.NO_ANSWER, "snapshot": snapshot, "confidence": confidence}
        self._say(response, custom, contact=self._settings.contact)

    def wait_for_human(self) -> None:
        """A human was asked for, and somebody is on duty: the worker adds the place in the queue."""
        self._say("utter_handoff_waiting", {"outcome": Outcome.HANDOFF_WAITING, "handoff": {"want": "wait"}})
        self._say("utter_handoff_meanwhile", {})

    def nobody_on_duty(self, back: datetime | None, language: str) -> None:
        """When the team is ``back``; ``None``: nobody answers live here at all."""
        custom = {"outcome": Outcome.HANDOFF_OFFLINE, "handoff": {"want": "offline"}}
        if back is None:
            self._say("utter_reach_human", custom, contact=self._settings.contact)
        else:
            day, time = day_and_time(back, language)
            self._say("utter_handoff_offline", custom, contact=self._settings.contact, day=day, time=time)

    def _say(self, response: str, custom: dict[str, Any], **values: str) -> None:
        self._dispatcher.utter_message(response=response, json_message=custom, **values)
