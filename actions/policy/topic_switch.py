"""Step: the citizen turns to another subject, or corrects the question."""

from __future__ import annotations

from actions.messages.topic_switch import corrected, turned_to
from actions.turn.turn import Turn
from core.decision_trace import note


def topic_switch(turn: Turn) -> Turn | None:
    """Continues with the new question, without the previous subject."""
    before = turn.focus.query if turn.focus else ""
    query = turned_to(turn.text) or corrected(turn.text, before)
    if not query:
        return None
    note("turned", query=query)
    return turn.about(None).asking(query)
