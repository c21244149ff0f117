"""The content to index: the name and digest of every published entry, and the full content of requested entries.

A build reads only the content that changed. The rest comes from the previous snapshot.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from core.entry import Entry


class Listed(NamedTuple):
    """One entry in the catalogue. Equal values mean equal content."""

    collection: str
    id: str
    version: int
    digest: str


@runtime_checkable
class Catalogue(Protocol):
    """Published entries. A fetched entry may be newer than the listed one, never older."""

    def listed(self) -> Sequence[Listed]: ...

    def fetch(self, wanted: Sequence[Listed]) -> Sequence[Entry]:
        """Returns the entries ``wanted``, as far as they still exist."""
        ...


class ListedEntries:
    """A catalogue of entries that are in memory already."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {listed(entry): entry for entry in entries}

    def listed(self) -> list[Listed]:
        return list(self._entries)

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        return [self._entries[one] for one in wanted]


def listed(entry: Entry) -> Listed:
    return Listed(entry.collection, entry.id, entry.version, entry.digest())
