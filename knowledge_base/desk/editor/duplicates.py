"""Entries on the same subject: search results for the title whose titles are similar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from core.entry import Entry
from knowledge_base.desk.editor.catalogue import folded
from knowledge_base.desk.editor.checks import Advice

_ALIKE = 82.0  # per cent, ignoring word order: "Perte de la carte d'identité" and "Carte d'identité : perte" are 86


def duplicates(entry: Entry, found: Iterable[tuple[str, str, str]]) -> Iterator[Advice]:
    """Yields advice on possible duplicates. ``found`` are (collection, id, title) of the nearest entries."""
    for collection, identifier, title in found:
        alike = fuzz.token_sort_ratio(folded(entry.title), folded(title)) >= _ALIKE
        if alike and (collection, identifier) != (entry.collection, entry.id):
            yield Advice("check_duplicate", {"title": title, "url": f"/desk/entries/{collection}/{identifier}"})
