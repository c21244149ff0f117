"""Pages that only lead to others: the source's crossroads ("Passeport": adult or minor, first or renewal, then a link)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.entry import Entry, passages
from retrieval.lexical.analysis import fold

_ONLY_A_LINK = re.compile(r"(?:[-*] )?\[[^\]]+\]\(\S*/([A-Z]\d+)\)\.?")


def says_nothing(entry: Entry, order: int) -> bool:
    """Whether passage ``order`` of ``entry`` only says its title again: nothing to show."""
    return fold(passages(entry)[order].markdown).strip(" .:") == fold(entry.title).strip(" .:")


def leads_to(entry: Entry, order: int) -> str:
    """The id of the page that passage ``order`` of ``entry`` is a link to, and nothing else; empty for any other passage."""
    found = _ONLY_A_LINK.fullmatch(passages(entry)[order].markdown.strip())
    return found[1] if found else ""


def without_doubles(entries: Sequence[Entry]) -> list[int]:
    """The numbers of the ``entries`` to offer: of those with one title, theme and audience, the one that says the most."""
    kept: dict[tuple[object, ...], int] = {}
    for number, entry in enumerate(entries):
        known = kept.setdefault((fold(entry.title), entry.theme, entry.audiences), number)
        if _length(entry) > _length(entries[known]):
            kept[fold(entry.title), entry.theme, entry.audiences] = number
    return sorted(kept.values())


def _length(entry: Entry) -> int:
    return sum(len(passage.markdown) for passage in passages(entry))
