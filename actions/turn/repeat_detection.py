"""Decides whether a follow-up comes to what was just shown, and what of it speaks of what is asked now. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from actions.cases.dialogue_state import Focus
from actions.messages.aspects import asked_in
from actions.replies.pieces import joined, pieces_of
from actions.replies.truncated_description import shown
from actions.situation.ages import AGE
from actions.situation.places import AREA, COUNTRY
from actions.situation.reading import facts_in, flat
from core.entry import Entry, passages
from retrieval.lexical.analysis import terms

_ASSUMED = {AGE, AREA, COUNTRY}
_BLANK_LINES = re.compile(r"\n\s*\n")


def repeats(before: Focus | None, typed: str, entry: Entry, passage: int) -> bool:
    """Decides whether a new message, ``typed``, would be answered by the passage of ``entry`` that was shown last.

    Whoever writes the same message again, or presses a button (``typed`` is then empty), does want to see it again; and so does
    who confirms a place or an age that was assumed.
    """
    if before is not None and before.assumed and _ASSUMED & facts_in(typed).keys():
        return False
    if before is None or not typed or (before.entry, before.shown) != (entry.id, passage):
        return False
    return flat(typed) != flat(before.question)


def rest_speaks(entry: Entry, passage: int, shown_pieces: Collection[int], typed: str) -> bool:
    """Decides whether what is left of the passage after ``shown_pieces`` speaks of what ``typed`` asks for."""
    return bool(shown_pieces) and _speaks(left_to_read(entry, passage, shown_pieces), typed)


def left_to_read(entry: Entry, passage: int, shown_pieces: Collection[int]) -> str:
    """Returns what is left of the passage after ``shown_pieces`` (Markdown)."""
    return joined([piece for at, piece in enumerate(pieces_of(shown(entry, passage))) if at not in shown_pieces])


def excerpt(entry: Entry, passage: int, typed: str) -> str:
    """Returns the paragraphs of the passage that speak of what ``typed`` asks for; empty where none does, or each."""
    parts = _BLANK_LINES.split(passages(entry)[passage].markdown.strip())
    found = [part for part in parts if _speaks(part, typed)]
    return "\n\n".join(found) if len(found) < len(parts) else ""


def _speaks(markdown: str, typed: str) -> bool:
    """Decides whether ``markdown`` speaks of each aspect that ``typed`` asks for ("quel délai pour contester ?" are two), or of
    what it names where it asks for none."""
    aspect, rest = asked_in(typed)
    if aspect is None:
        return bool(set(terms(typed)) & set(terms(markdown)))
    folded = flat(markdown)
    while aspect and aspect.text.search(folded):
        aspect, rest = asked_in(rest)
    return aspect is None
