"""The subjects with a given bare name: "carte" is one of four kinds of cards before it is one of a hundred pages."""

from __future__ import annotations

from collections import Counter

from actions.turn.choice_list import CHOICES
from actions.turn.turn import Turn
from retrieval.terms.analysis import terms

LOOKED_AT = 100  # pages; among the first 40, only three were about the vehicle's papers, the largest topic of "carte"
_DEPTH = 1  # of the theme: "Transports › Carte grise"
_FEWEST = 2  # pages that a subject must have as their theme


def subjects_named(turn: Turn, query: str) -> list[str]:
    """Returns the subjects whose names contain all of ``query``, those with most pages first, as many as are offered at a
    time.
    """
    wanted = set(terms(query))
    result = turn.search.pages(query, LOOKED_AT)
    pages: Counter[str] = Counter()
    for hit in result.hits or result.rejected:
        entry = turn.search.entry_of(hit)
        if entry and len(entry.theme) > _DEPTH and wanted <= set(terms(entry.theme[_DEPTH])):
            pages[entry.theme[_DEPTH]] += 1
    return [name for name, count in pages.most_common(CHOICES) if count >= _FEWEST]
