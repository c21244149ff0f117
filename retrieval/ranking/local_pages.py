"""Local pages: a town's entries. One on the matter of a page of the State is shown with that page, and is no rival of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.entry import Entry
from retrieval.index.entry_file import EntryFile
from retrieval.ranking.fusion import Ranked
from retrieval.terms.analysis import terms

type Mask = NDArray[np.bool_]


class LocalPages:
    """The links between the local and the national entries of a snapshot, by their places.

    A collection is local if one of its entries names a national page. A page that is not in the index is no link.
    """

    def __init__(self, entries: EntryFile) -> None:
        self._entries = entries
        naming = {place: names for place, names in enumerate(entries.national_pages) if names}
        self._collections = {entries.collections[place] for place in naming}
        self._national = {place: list(_places(entries, names)) for place, names in naming.items()}
        self._local: dict[int, list[int]] = {}
        for place, pages in self._national.items():
            for page in pages:
                self._local.setdefault(page, []).append(place)

    def is_local(self, place: int) -> bool:
        """Decides whether the entry at ``place`` is one of the town's."""
        return self._entries.collections[place] in self._collections

    def ids_of(self, place: int) -> tuple[str, ...]:
        """Returns the ids of the town's entries on the matter of the one at ``place``."""
        return tuple(self._entries.ids[local] for local in self._local.get(place, ()))

    def of(self, place: int, query: str) -> Entry | None:
        """Returns the town's entry on the matter of the one at ``place``; of several, that with most words of ``query``."""
        asked = set(terms(query))
        found = [self._entries.at(local) for local in self._local.get(place, ())]
        return max(found, key=lambda one: len(asked & set(terms(" ".join((one.title, *one.wordings))))), default=None)

    def merged(self, ranked: Sequence[Ranked], allowed: Mask | None = None) -> tuple[list[Ranked], list[Ranked]]:
        """Returns ``ranked`` with one of each pair of a local page and its national page: as it was found, and with the
        national page in its place.

        A local page with several national pages stands for the one that is ranked first. ``allowed``: the pages that the
        search may find; a local page whose national pages are not among them stands for itself.
        """
        if not self._national:
            return [*ranked], [*ranked]
        by_place = {candidate.place: candidate for candidate in ranked}
        found: dict[int, Ranked] = {}
        for candidate in ranked:
            pages = [page for page in self._national.get(candidate.place, ()) if allowed is None or allowed[page]]
            page = next((place for place in by_place if place in pages), pages[0]) if pages else candidate.place
            found.setdefault(page, candidate)
        shown = [
            candidate
            if candidate.place == page
            else replace(by_place.get(page) or replace(candidate, nearest=0), place=page, score=candidate.score)
            for page, candidate in found.items()
        ]
        return [*found.values()], shown


def _places(entries: EntryFile, names: Iterable[str]) -> Iterator[int]:
    for name in names:
        collection, _, entry_id = name.partition("/")
        if (place := entries.place(entry_id, collection)) is not None:
            yield place
