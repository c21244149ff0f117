"""What follows on the page that is talked about: for who wants to know more."""

from __future__ import annotations

from actions.replies.utterance import Reply
from actions.turn.page_answer import answer_from
from actions.turn.presenter import show_rest
from actions.turn.repeat_detection import left_to_read
from actions.turn.resolution import applies
from actions.turn.turn import Turn
from core.entry import Entry, passages


def read_more(turn: Turn, entry: Entry) -> Reply:
    """Shows the rest of the passage shown last, else the next one that applies, else the address of the page."""
    focus = turn.focus_on(entry)
    count = len(passages(entry))
    shown = focus.shown if focus.shown is not None and focus.shown < count else 0
    if focus.pieces and left_to_read(entry, shown, focus.pieces):
        return show_rest(turn, entry, shown)
    following = next((order for order in range(shown + 1, count) if applies(turn, entry, order)), None)
    if following is None:
        return turn.reply(turn.replies.no_more(entry, snapshot=turn.snapshot))
    return answer_from(turn.with_focus(start=following, aspect=""), entry, following)
