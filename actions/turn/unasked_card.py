"""A card for a question, without asking for the citizen's case."""

from __future__ import annotations

from functools import partial

from actions.cases.case_resolution import guide
from actions.cases.dialogue_state import Focus
from actions.replies.cards import Card, answer_card, whole_fork_card
from actions.replies.fork_card import fork_card
from actions.turn.turn import Turn
from core.entry import Entry


def unasked_card(turn: Turn, entry: Entry, focus: Focus, start: int) -> Card:
    """Returns the card that answers ``focus`` from passage ``start`` on: the text for the citizen's case as far as it is known,
    else all cases.
    """
    worth = partial(turn.retriever.sentence_worth, entry, focus.query)
    way = guide(entry, start, lambda fork: turn.case(focus, fork), lambda orders: turn.best(entry, orders))
    if way.passage is None and way.asked is not None:
        card = fork_card(entry, way.asked, None, start, turn.snapshot, turn.style, worth).card
        return card or whole_fork_card(entry, way.asked, turn.snapshot, start, turn.style)
    return answer_card(entry, way.passage or 0, turn.snapshot, turn.style, worth=worth)
