"""Steps: the citizen wants the service to forget their situation, or everything."""

from __future__ import annotations

from actions.cases.dialogue_state import DialogueState, UserFacts
from actions.messages.topic_switch import asked_besides
from actions.replies.utterance import Reply
from actions.turn.turn import Turn


def start_again(turn: Turn) -> Reply | None:
    """Resets every slot, unless the message also asks a question.

    "Merci. Une autre chose : mes enfants devront-ils payer ?" is a question, not a request to start again.
    """
    return None if asked_besides(turn.text) else Reply(tuple(turn.replies.acknowledge("utter_start_again")), resets=True)


def forget_situation(turn: Turn) -> Reply:
    """Forgets the facts about the citizen, and the page with the cases chosen in it."""
    return Reply(tuple(turn.replies.acknowledge("utter_forgotten")), DialogueState(None, UserFacts()))
