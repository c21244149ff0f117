"""What else may help, under an answer."""

from __future__ import annotations

from collections.abc import Iterable

from actions.cards import entry_option
from core.entry import Entry, passages
from core.turns import Option
from retrieval.contracts import Hit, Retriever

MOST = 3
# Asked by people who had not seen the page, the right part is shown first for .57, and is among the first three for .85.
MOST_PARTS = 2


def same_page_options(entry: Entry, shown: tuple[str, ...], ranked: Iterable[int]) -> tuple[Option, ...]:
    """Up to two buttons: the parts of ``entry`` that come next (``ranked``: a passage of each, best first) after the one under
    the headings ``shown``."""
    known = passages(entry)
    found: dict[str, Option] = {}
    for order in ranked:
        headings = known[order].headings
        label = headings[-1] if headings else ""
        if label and label not in shown[-1:] and len(found) < MOST_PARTS:
            found.setdefault(label, entry_option(label, entry.id, order))
    return tuple(found.values())


def related_options(entry: Entry, hits: Iterable[Hit], retriever: Retriever) -> tuple[Option, ...]:
    """Up to three buttons: what the entry's source names as related, as far as it is known, then the other ``hits``."""
    found: dict[str, Option] = {}
    for link in entry.related:
        if len(found) < MOST and link.entry and link.entry != entry.id:
            other = retriever.entry(link.entry, entry.collection)
            if other is not None:
                found.setdefault(other.id, entry_option(other.title, other.id))
    for hit in hits:
        if len(found) < MOST and hit.entry_id != entry.id:
            found.setdefault(hit.entry_id, entry_option(hit.title, hit.entry_id, hit.passage))
    return tuple(found.values())
