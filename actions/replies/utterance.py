"""What a turn says: utterances that ``domain.yml`` words, and what is remembered after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.dialogue_state import DialogueState


@dataclass(frozen=True, slots=True)
class Utterance:
    """A ``response`` of ``domain.yml`` with the ``values`` of its slots; ``custom`` is what the input channel makes a turn of.

    Without a response, nothing is said: the turn pipeline does what ``custom`` asks for.
    """

    response: str | None
    custom: dict[str, Any] = field(default_factory=dict)
    values: Mapping[str, str | int] = field(default_factory=dict)


def say(response: str, custom: dict[str, Any], **values: str | int) -> Utterance:
    """Returns the utterance of ``response``."""
    return Utterance(response, custom, values)


@dataclass(frozen=True, slots=True)
class Reply:
    """Ends a turn: with what is said, and ``state``, which is remembered; ``None`` where it stays as it was.

    ``resets``: everything is forgotten; the input channel sets the language anew before each turn.
    """

    utterances: tuple[Utterance, ...]
    state: DialogueState | None = None
    resets: bool = False

    def send(self, dispatcher: CollectingDispatcher) -> list[dict[str, Any]]:
        """Utters all, and returns the events that make Rasa remember the state."""
        for one in self.utterances:
            dispatcher.utter_message(response=one.response, json_message=one.custom, **one.values)
        if self.resets:
            return [AllSlotsReset()]
        return [SlotSet(name, value) for name, value in self.state.slots().items()] if self.state else []
