"""Answers a message whose answer was just shown: with what is left of it, or with what may help instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.replies.cards import entry_option, part_card
from actions.replies.related import MOST
from actions.replies.style import PAGES
from actions.session.repeat_detection import excerpt, rest_speaks
from core.entry import Entry, passages

if TYPE_CHECKING:
    from actions.session.answering_session import Consultation


def say_nothing_else(talk: Consultation, entry: Entry, order: int) -> None:
    """Shows what of passage number ``order``, which was just shown, speaks of what is asked now; else what may help instead."""
    read = talk.before.pieces if talk.before else ()
    talk.update(asked=None, shown=order, pieces=read)
    if rest_speaks(entry, order, read, talk.typed):
        talk.show_rest(entry, order)
        return
    snapshot = talk.retriever.status().snapshot
    if speaking := excerpt(entry, order, talk.typed):
        talk.show(entry, part_card(entry, order, speaking, snapshot, talk.style), again=True)
        return
    language = talk.language
    found = talk.search(f"{entry.title} {talk.typed}", PAGES)
    talk.language = language  # the page's title says nothing of the message's
    others = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in found.hits if hit.entry_id != entry.id]
    headings = passages(entry)[order].headings
    talk.speaker.nothing_else(entry, headings, talk.same_page(entry, headings), others[:MOST], snapshot=snapshot)
