"""Step: the message asks for a human, whatever else it names."""

from datetime import datetime

from actions.messages.topic_switch import corrected, turned_to
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from core.database.base import now
from core.decision_trace import note
from core.text.wants_human import is_about_somebody, wants_human


def request_for_human(turn: Turn) -> Reply | None:
    """Reaches a human if the message asks for one."""
    if not wants_human(turn.text):
        return None
    note("wants_human")
    return reach_human(turn)


def human_intent(turn: Turn) -> Reply | None:
    """Reaches a human if Rasa detects such a request; passes for questions about another person ("CMU pour quelqu'un"), and for
    a question after another subject was announced ("rien à voir : je voudrais un acte") or the one before was corrected.
    """
    before = turn.focus.query if turn.focus else ""
    names_a_subject = bool(turned_to(turn.text) or corrected(turn.text, before)) and not wants_human(turn.text)
    return None if names_a_subject or is_about_somebody(turn.text) else reach_human(turn)


def reach_human(turn: Turn, moment: datetime | None = None) -> Reply:
    """Asks for a supervisor if one is on duty (now, or at ``moment``); else says when, and how to reach the administration."""
    moment = moment or now()
    opening, staffed = turn.settings.opening, turn.settings.desk_staffed
    if staffed and opening.is_open(moment):
        return Reply(tuple(turn.replies.wait_for_human()))
    back = opening.next_opening(moment) if staffed else None
    return Reply(tuple(turn.replies.nobody_on_duty(back, turn.language)))
