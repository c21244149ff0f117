"""What a subject's bare name may be about: "carte" is one of four kinds of cards before it is one of a hundred pages."""

from __future__ import annotations

from collections import Counter

from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import CHOICES
from retrieval.lexical.analysis import terms

LOOKED_AT = 100  # pages; among 40, of the vehicle's papers, the largest dossier of "carte", stood three
_DEPTH = 1  # of the theme: "Transports › Carte grise"
_LEAST = 2  # pages, of which a dossier must be the theme


def dossiers(session: AnsweringSession, query: str) -> list[str]:
    """Returns the dossiers whose names hold all of ``query``, those of most pages first, as many as are offered at a time."""
    wanted = set(terms(query))
    found = session.search(query, LOOKED_AT)
    pages: Counter[str] = Counter()
    for hit in found.hits or found.rejected:
        entry = session.retriever.entry(hit.entry_id, hit.collection)
        if entry and len(entry.theme) > _DEPTH and wanted <= set(terms(entry.theme[_DEPTH])):
            pages[entry.theme[_DEPTH]] += 1
    return [name for name, count in pages.most_common(CHOICES) if count >= _LEAST]
