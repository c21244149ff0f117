"""Answers a message whose answer was just shown: with the rest of it, or with other pages and parts that may help."""

from __future__ import annotations

from actions.replies.cards import entry_option, part_card
from actions.replies.related import MOST
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.turn.presenter import parts_besides, show, show_rest
from actions.turn.repeat_detection import excerpt, rest_speaks
from actions.turn.turn import Turn
from core.entry import Entry, passages


def say_nothing_else(turn: Turn, entry: Entry, order: int) -> Reply:
    """Shows the paragraphs of passage number ``order``, just shown, that are about the new question; else other offers."""
    pieces_shown = turn.before.pieces if turn.before else ()
    turn = turn.with_focus(asked=None, shown=order, pieces=pieces_shown)
    if rest_speaks(entry, order, pieces_shown, turn.typed):
        return show_rest(turn, entry, order)
    if on_question := excerpt(entry, order, turn.typed):
        return show(turn, entry, part_card(entry, order, on_question, turn.snapshot, turn.style), again=True)
    result = turn.search.pages_behind_title(entry, turn.typed, PAGES)
    others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in result.hits if hit.entry_id != entry.id]
    headings = passages(entry)[order].headings
    parts = parts_besides(turn, entry, headings)
    return turn.reply(turn.replies.nothing_else(entry, headings, parts, others[:MOST], snapshot=turn.snapshot))
