"""Other pages and parts that may help, offered below an answer."""

from collections.abc import Iterable

from actions.replies.cards import entry_option, part_option
from core.entry import Entry, passages
from core.turns import Option
from retrieval.contracts import Hit, Retriever
from retrieval.terms.analysis import terms

MOST = 3
# Of 920 questions by people who had not seen the page, and 92 by people who had (sealed), the part shown first is right for .57
# and .71, one of the first three for .85 and .90.
MOST_PARTS = 2
# If an index has titles only and no part is likely enough, one of the first two parts is right for .63, .54 and .67 (dev with
# more and wide, the three held-out sets, the blind set); one of the first four for .91, .86 and .85.
MOST_AT_HEAD = 4


def same_page_options(
    entry: Entry, shown: tuple[str, ...], orders: Iterable[int], most: int = MOST_PARTS
) -> tuple[Option, ...]:
    """Returns up to ``most`` buttons: the first parts of the passages ``orders`` that are not under the headings ``shown``."""
    known = passages(entry)
    found: dict[tuple[str, ...], Option] = {}
    for order in orders:
        headings = known[order].headings
        if headings and headings != shown and headings not in found:
            alike = {passage.headings for passage in known if passage.headings[-1:] == headings[-1:]}
            label = " › ".join(headings[-2:]) if len(alike) > 1 else headings[-1]  # the page may have a heading twice
            found[headings] = part_option(label, entry.id, order)
        if len(found) == most:
            break
    return tuple(found.values())


def unread_first(entry: Entry, orders: Iterable[int], seen: Iterable[int]) -> list[int]:
    """Returns the passages ``orders``; those of parts already read (the passages ``seen``) come last."""
    known = passages(entry)
    read = {known[order].headings for order in seen if order < len(known)}
    return sorted(orders, key=lambda order: known[order].headings in read)


def older_twin(entry: Entry, query: str, retriever: Retriever) -> Entry | None:
    """Returns the older page with the same content; of several, the one whose title has most words of ``query``."""
    found = []
    for name in entry.twins:
        collection, _, twin = name.partition("/")
        other = retriever.entry(twin, collection)
        if other and other.verified_on and entry.verified_on and other.verified_on < entry.verified_on:
            found.append(other)
    asked = set(terms(query))
    return max(found, key=lambda other: len(asked & set(terms(other.title))), default=None)


def related_options(entry: Entry, hits: Iterable[Hit], retriever: Retriever) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Returns up to three buttons: the known pages that the entry's source names as related, then the other ``hits``; and the
    payloads of the latter, which were found only by similarity.
    """
    found: dict[str, Option] = {}
    for link in entry.related:
        if len(found) < MOST and link.entry and link.entry != entry.id:
            other = retriever.entry(link.entry, entry.collection)
            if other is not None:
                found.setdefault(other.id, entry_option(other.title, other.id))
    named = len(found)
    for hit in hits:
        if len(found) < MOST and hit.entry_id != entry.id:
            found.setdefault(hit.entry_id, entry_option(hit.title, hit.entry_id, hit.passage))
    options = tuple(found.values())
    return options, tuple(option.payload for option in options[named:])
