"""The result of a turn: utterances worded in ``domain.yml``, and the state that is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.dialogue_state import DialogueState


@dataclass(frozen=True, slots=True)
class Utterance:
    """A ``response`` of ``domain.yml``. Without one nothing is said: the turn pipeline does what ``custom`` asks for."""

    response: str | None
    custom: dict[str, Any] = field(default_factory=dict)  # from which the input channel makes a turn
    values: Mapping[str, str | int] = field(default_factory=dict)  # of the slots of the response


def say(response: str, custom: dict[str, Any], **values: str | int) -> Utterance:
    """Returns the utterance of ``response``."""
    return Utterance(response, custom, values)


@dataclass(frozen=True, slots=True)
class Reply:
    """Ends a turn with its utterances."""

    utterances: tuple[Utterance, ...]
    state: DialogueState | None = None  # to remember; with ``None`` the state does not change
    resets: bool = False  # everything is forgotten; the input channel sets the language again before each turn

    def send(self, dispatcher: CollectingDispatcher) -> list[dict[str, Any]]:
        """Utters everything, and returns the events with which Rasa stores the state."""
        for one in self.utterances:
            dispatcher.utter_message(response=one.response, json_message=one.custom, **one.values)
        if self.resets:
            return [AllSlotsReset()]
        return [SlotSet(name, value) for name, value in self.state.slots().items()] if self.state else []
