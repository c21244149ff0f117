"""Answers a follow-up that leads to the card that was just shown: with other parts and other pages."""

from collections.abc import Collection

from actions.messages.follow_up_parser import pattern
from actions.replies.cards import entry_option
from actions.replies.pieces import joined, pieces_of
from actions.replies.related import MOST
from actions.replies.style import PAGES
from actions.replies.truncated_description import shown
from actions.replies.utterance import Reply
from actions.situation.reading import WHERE_OR_HOW_OLD, facts_in, flat
from actions.turn.presenter import parts_besides
from actions.turn.turn import Turn
from core.entry import Entry, passages
from retrieval.terms.analysis import terms


def repeats_card(turn: Turn, body: str) -> bool:
    """Decides whether the last card, shown for another message, had this ``body``.

    A citizen who writes the same again, with other words beside it or not, or says so ("j'ai dit …"), wants to see it again,
    and so does one who presses a button, or confirms an assumed place or age.
    """
    words, before = flat(turn.typed), turn.before
    if not words or pattern("said_before").search(words):
        return False
    if before and _asks_again(before.question, turn.typed):
        return False
    if before and before.assumed and WHERE_OR_HOW_OLD & facts_in(turn.typed).keys():
        return False
    return bool(body) and (turn.last_card().get("block") or {}).get("body") == body


def _asks_again(question: str, typed: str) -> bool:
    asked = set(terms(question))
    return flat(question) == flat(typed) or (bool(asked) and asked <= set(terms(typed)))


def left_to_read(entry: Entry, passage: int, shown_pieces: Collection[int]) -> str:
    """Returns the content of the passage after ``shown_pieces`` (Markdown)."""
    return joined([piece for at, piece in enumerate(pieces_of(shown(entry, passage))) if at not in shown_pieces])


def say_nothing_else(turn: Turn, entry: Entry, order: int) -> Reply:
    """Says that the page has nothing else about it than passage number ``order``, just shown, and makes other offers."""
    turn = turn.with_focus_changes(asked=None, shown=order, pieces=turn.before.pieces if turn.before else ())
    result = turn.search.pages_behind_title(entry, turn.typed, PAGES)
    others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in result.hits if hit.entry_id != entry.id]
    headings = passages(entry)[order].headings
    parts = parts_besides(turn, entry, headings)
    return turn.reply(turn.replies.nothing_else(entry, headings, parts, others[:MOST], snapshot=turn.snapshot))
