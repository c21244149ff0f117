"""Answers a follow-up that leads to the text that was just shown: with the part that answers, or with other pages."""

import re
from collections.abc import Collection

from actions.cases.dialogue_state import Focus
from actions.messages.aspects import asked_in
from actions.messages.follow_up_parser import pattern
from actions.replies.cards import Card, entry_option, part_card
from actions.replies.pieces import joined, pieces_of
from actions.replies.related import MOST
from actions.replies.style import PAGES
from actions.replies.truncated_description import shown
from actions.replies.utterance import Reply
from actions.situation.reading import WHERE_OR_HOW_OLD, facts_in, flat
from actions.turn.presenter import parts_besides, show, show_rest
from actions.turn.turn import Turn
from core.entry import Entry, passages
from retrieval.terms.analysis import terms

_BLANK_LINES = re.compile(r"\n\s*\n")


def repeats(before: Focus | None, typed: str, entry: Entry, passage: int) -> bool:
    """Decides whether the new message ``typed`` would be answered by the passage of ``entry`` that was shown last.

    A citizen who asks for the same again wants to see it again, and so does one who presses a button (``typed`` is then
    empty), or confirms an assumed place or age.
    """
    if before is None or not typed or (before.entry, before.shown) != (entry.id, passage):
        return False
    confirms = before.assumed and WHERE_OR_HOW_OLD & facts_in(typed).keys()
    return not confirms and not _asks_the_same(before, typed)


def repeats_card(turn: Turn, body: str) -> bool:
    """Decides whether the last card, shown for another message, had this ``body``."""
    if not flat(turn.typed) or _asks_the_same(turn.before, turn.typed):
        return False
    return bool(body) and (turn.last_card().get("block") or {}).get("body") == body


def _asks_the_same(before: Focus | None, typed: str) -> bool:
    """Decides whether ``typed`` is the same message again, or says that it was said before ("j'ai dit …")."""
    words = flat(typed)
    return (before is not None and flat(before.question) == words) or pattern("said_before").search(words) is not None


def rest_speaks(entry: Entry, passage: int, shown_pieces: Collection[int], typed: str) -> bool:
    """Decides whether the content of the passage after ``shown_pieces`` is about what ``typed`` asks for."""
    return bool(shown_pieces) and _speaks(left_to_read(entry, passage, shown_pieces), typed)


def left_to_read(entry: Entry, passage: int, shown_pieces: Collection[int]) -> str:
    """Returns the content of the passage after ``shown_pieces`` (Markdown)."""
    return joined([piece for at, piece in enumerate(pieces_of(shown(entry, passage))) if at not in shown_pieces])


def excerpt(entry: Entry, passage: int, typed: str) -> str:
    """Returns the paragraphs of the passage about what ``typed`` asks for; empty if none is, or all are."""
    parts = _BLANK_LINES.split(passages(entry)[passage].markdown.strip())
    found = [part for part in parts if _speaks(part, typed)]
    return "\n\n".join(found) if len(found) < len(parts) else ""


def _speaks(markdown: str, typed: str) -> bool:
    """Decides whether ``markdown`` is about each aspect that ``typed`` asks for; if it asks for none, about what it names."""
    aspect, rest = asked_in(typed)
    if aspect is None:
        return bool(set(terms(typed)) & set(terms(markdown)))
    folded = flat(markdown)
    while aspect and aspect.text.search(folded):  # "quel délai pour contester ?" has two
        aspect, rest = asked_in(rest)
    return aspect is None


def say_nothing_else(turn: Turn, entry: Entry, order: int, card: Card | None = None) -> Reply:
    """Shows the paragraphs of passage number ``order``, just shown, that are about the new question; or ``card`` again if it
    speaks of it; else other offers.
    """
    pieces_shown = turn.before.pieces if turn.before else ()
    turn = turn.with_focus(asked=None, shown=order, pieces=pieces_shown)
    if rest_speaks(entry, order, pieces_shown, turn.typed):
        return show_rest(turn, entry, order)
    if on_question := excerpt(entry, order, turn.typed):
        return show(turn, entry, part_card(entry, order, on_question, turn.snapshot, turn.style), again=True)
    if card is not None and _speaks(card.block.body, turn.typed):
        return show(turn, entry, card, again=True)
    result = turn.search.pages_behind_title(entry, turn.typed, PAGES)
    others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in result.hits if hit.entry_id != entry.id]
    headings = passages(entry)[order].headings
    parts = parts_besides(turn, entry, headings)
    return turn.reply(turn.replies.nothing_else(entry, headings, parts, others[:MOST], snapshot=turn.snapshot))
