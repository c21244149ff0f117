"""What there is to index: every published entry by name and digest, and the content of those that are asked for.

A build reads the content of what changed only; the rest it takes over from the snapshot before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from core.entry import Entry


class Listed(NamedTuple):
    """One entry as it stands. Equal ones have equal content."""

    collection: str
    id: str
    version: int
    digest: str


@runtime_checkable
class Catalogue(Protocol):
    """Published entries. What is fetched may be newer than what was listed; it is never older."""

    def listed(self) -> Sequence[Listed]: ...

    def fetch(self, wanted: Sequence[Listed]) -> Sequence[Entry]:
        """Returns the entries ``wanted``, as far as they are still there."""
        ...


class Given:
    """A catalogue of entries that are in memory already."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {listed(entry): entry for entry in entries}

    def listed(self) -> list[Listed]:
        return list(self._entries)

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        return [self._entries[one] for one in wanted]


def listed(entry: Entry) -> Listed:
    return Listed(entry.collection, entry.id, entry.version, entry.digest())
