"""The page in focus in few words, for a citizen who has not understood it."""

from __future__ import annotations

from actions.replies.cards import entry_option, plain_card
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from core.entry import Entry, passages

_MOST_CHAPTERS = 4


def page_in_short(turn: Turn, entry: Entry) -> Reply:
    """Shows ``entry`` in few words, and its chapters as buttons."""
    chapters: dict[str, int] = {}
    for passage in passages(entry):
        name = (*passage.headings, *passage.cases)[:1]
        if name:
            chapters.setdefault(name[0], passage.order)
    options = [entry_option(name, entry.id, order) for name, order in list(chapters.items())[:_MOST_CHAPTERS]]
    card = plain_card(entry, turn.snapshot, turn.style)
    turn = turn.with_focus(asked=None)
    return turn.reply(turn.replies.explain(entry, card, options, language=turn.language))
