"""Steps: what was said of oneself and of the subject is to be forgotten."""

from __future__ import annotations

from actions.cases.dialogue_state import DialogueState, UserFacts
from actions.messages.topic_switch import asked_besides
from actions.replies.utterance import Reply
from actions.turn.turn import Turn


def start_again(turn: Turn) -> Reply | None:
    """Resets every slot, unless something is asked as well.

    "Merci. Une autre chose : mes enfants devront-ils payer ?" is a question, and who asks it wants no fresh start.
    """
    return None if asked_besides(turn.text) else Reply(tuple(turn.replies.acknowledge("utter_start_again")), resets=True)


def forget_situation(turn: Turn) -> Reply:
    """Forgets what is known of the citizen, and the page with the cases chosen in it."""
    return Reply(tuple(turn.replies.acknowledge("utter_forgotten")), DialogueState(None, UserFacts()))
