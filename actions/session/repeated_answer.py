"""Answers a message whose answer was just shown: with what is left of it, or with what may help instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.replies.cards import entry_option, part_card
from actions.replies.related import MOST
from actions.replies.style import PAGES
from actions.session.repeat_detection import excerpt, rest_speaks
from core.entry import Entry, passages

if TYPE_CHECKING:
    from actions.session.answering_session import AnsweringSession


def say_nothing_else(session: AnsweringSession, entry: Entry, order: int) -> None:
    """Shows what of passage number ``order``, which was just shown, speaks of what is asked now; else what may help instead."""
    read = session.before.pieces if session.before else ()
    session.update(asked=None, shown=order, pieces=read)
    if rest_speaks(entry, order, read, session.typed):
        session.show_rest(entry, order)
        return
    snapshot = session.retriever.status().snapshot
    if speaking := excerpt(entry, order, session.typed):
        session.show(entry, part_card(entry, order, speaking, snapshot, session.style), again=True)
        return
    language = session.language
    found = session.search(f"{entry.title} {session.typed}", PAGES)
    session.language = language  # the page's title says nothing of the message's
    others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in found.hits if hit.entry_id != entry.id]
    headings = passages(entry)[order].headings
    session.replies.nothing_else(entry, headings, session.same_page(entry, headings), others[:MOST], snapshot=snapshot)
