"""Whether a follow-up came to what was just shown, and what of it speaks of what is asked now. Pure."""

from __future__ import annotations

import re

from actions.aspects import asked_in
from actions.situation.reading import flat
from actions.subject import Subject
from core.entry import Entry, passages
from retrieval.lexical.analysis import terms

_BLANK_LINES = re.compile(r"\n\s*\n")


def repeats(before: Subject | None, typed: str, entry: Entry, passage: int) -> bool:
    """Whether a new message, ``typed``, would be answered by passage number ``passage`` of ``entry``, which was shown last.

    Whoever writes the same message again, or presses a button (``typed`` is then empty), does want to see it again.
    """
    if before is None or not typed or (before.entry, before.shown) != (entry.id, passage):
        return False
    return flat(typed) != flat(before.latest or before.query)


def rest_speaks(entry: Entry, passage: int, seen: int, typed: str) -> bool:
    """Whether what follows the first ``seen`` characters of the passage speaks of what ``typed`` asks for."""
    return bool(seen) and _speaks(passages(entry)[passage].markdown.strip()[seen:], typed)


def excerpt(entry: Entry, passage: int, typed: str) -> str:
    """The paragraphs of the passage that speak of what ``typed`` asks for; empty where none does, or each."""
    parts = _BLANK_LINES.split(passages(entry)[passage].markdown.strip())
    found = [part for part in parts if _speaks(part, typed)]
    return "\n\n".join(found) if len(found) < len(parts) else ""


def _speaks(markdown: str, typed: str) -> bool:
    """Of each aspect asked for ("quel délai pour contester ?" are two), or of what ``typed`` names where it asks for none."""
    aspect, rest = asked_in(typed)
    if aspect is None:
        return bool(set(terms(typed)) & set(terms(markdown)))
    folded = flat(markdown)
    while aspect and aspect.text.search(folded):
        aspect, rest = asked_in(rest)
    return aspect is None
