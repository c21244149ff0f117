"""The terms of every entry of a snapshot, analysed once: fields for the lexical index, passages for the choice of a passage.

Analysing 3,371 entries takes 20 s, so the next build takes over the terms of unchanged entries.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from core.entry import Entry
from retrieval.index.passage_terms import PassageTerms, passage_terms
from retrieval.index.ragged import Ragged
from retrieval.terms.analysis import terms
from retrieval.terms.fields import FIELDS, field_texts

_PARTS = 4  # parts of a passage: heading, case, text, wordings
_WORDINGS = 3


@dataclass(frozen=True)
class Terms:
    """Terms as their numbers in ``vocabulary``, which is sorted.

    ``parts`` are texts: for each entry its ``FIELDS``, with every occurrence of a term, then four for each passage, with every
    term once. ``entries`` groups the parts (its values are their numbers).
    """

    vocabulary: list[str]
    parts: Ragged
    entries: Ragged

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Terms:
        """Analyses ``entries``."""
        numbers: dict[str, int] = {}
        parts: list[list[int]] = []
        owned: list[range] = []
        for entry in entries:
            first = len(parts)
            texts = field_texts(entry)
            found = [terms(texts[field]) for field in FIELDS]
            for passage in passage_terms(entry):
                found += [sorted(part) for part in (passage.heading, passage.case, passage.text, passage.wordings)]
            parts += [[numbers.setdefault(term, len(numbers)) for term in part] for part in found]
            owned.append(range(first, len(parts)))
        return cls(list(numbers), Ragged.of(parts, np.uint32), Ragged.of(owned, np.int64))._tidy()

    def merged(self, more: Terms, order: NDArray[np.int64]) -> Terms:
        """Returns the entries ``order`` of both: numbers below ``len(self.entries)`` are from this object, the others from
        ``more``.

        Equal entries give equal terms, from either of the two.
        """
        shifted = Ragged(more.parts.values.astype(np.int64) + len(self.vocabulary), more.parts.bounds)
        entries = self.entries.and_then(Ragged(more.entries.values + len(self.parts), more.entries.bounds)).take(order)
        parts = Ragged(self.parts.values.astype(np.int64), self.parts.bounds).and_then(shifted).take(entries.values)
        renumbered = Ragged(np.arange(len(entries.values), dtype=np.int64), entries.bounds)
        return Terms([*self.vocabulary, *more.vocabulary], parts, renumbered)._tidy()

    def field(self, name: str) -> Ragged:
        """Returns the terms of one field, entry by entry."""
        return self.parts.take(self._field(name))

    def of_field(self, name: str, place: int) -> list[str]:
        """Returns the terms of one field of one entry, in order."""
        part = self.entries[place][FIELDS.index(name)]
        return [self.vocabulary[number] for number in self.parts[part].tolist()]

    def lengths(self, name: str) -> NDArray[np.int64]:
        """Returns how many terms one field of each entry has, (entries,), without reading them."""
        return self.parts.lengths[self._field(name)]

    def _field(self, name: str) -> NDArray[np.int64]:
        """Returns the number of one field's part, entry by entry."""
        return np.asarray(self.entries.values[self.entries.bounds[:-1] + FIELDS.index(name)], np.int64)

    def spoken(self, place: int, wanted: Set[str]) -> frozenset[str]:
        """Returns those of ``wanted`` that occur in a heading, a case or a text of the entry at ``place``. Does not read the
        entry.
        """
        return frozenset(term for part, term in self._held(place, wanted)[1] if part % _PARTS != _WORDINGS)

    def passages(self, place: int, wanted: Set[str]) -> tuple[PassageTerms, ...]:
        """Returns, for each passage of the entry at ``place``, which of the terms ``wanted`` it holds, in order."""
        count, found = self._held(place, wanted)
        held: list[set[str]] = [set() for _ in range(count)]
        for part, term in found:
            held[part].add(term)
        starts = range(0, count, _PARTS)
        return tuple(PassageTerms(at // _PARTS, *map(frozenset, held[at : at + _PARTS])) for at in starts)

    def _held(self, place: int, wanted: Set[str]) -> tuple[int, Iterable[tuple[int, str]]]:
        """Returns the number of parts of an entry's passages, and in which of them (from 0) each of ``wanted`` occurs."""
        known = {number: term for term in wanted if (number := self._number(term)) is not None}
        first, last = (int(bound) for bound in self.entries.bounds[place : place + 2])
        first += len(FIELDS)
        bounds = self.parts.bounds[first : last + 1]
        within = self.parts.values[bounds[0] : bounds[-1]]
        at = [row for row, number in enumerate(within.tolist()) if number in known]  # faster than np.isin
        parts = np.searchsorted(bounds, np.asarray(at, np.int64) + bounds[0], side="right") - 1
        return last - first, zip(parts.tolist(), map(known.__getitem__, within[at].tolist()), strict=True)

    def _number(self, term: str) -> int | None:
        at = bisect_left(self.vocabulary, term)
        return at if at < len(self.vocabulary) and self.vocabulary[at] == term else None

    def save(self, folder: Path) -> None:
        np.save(folder / "terms.npy", self.parts.values)
        np.savez(folder / "terms_bounds.npz", parts=self.parts.bounds, entries=self.entries.bounds)
        (folder / "vocabulary.json").write_bytes(orjson.dumps(self.vocabulary))

    @classmethod
    def load(cls, folder: Path) -> Terms:
        """Reads the files of ``save``. The numbers stay in the file (memory map) until they are used."""
        numbers = np.load(folder / "terms.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)  # slices cost less
        with np.load(folder / "terms_bounds.npz", allow_pickle=False) as data:
            parts, entries = data["parts"], data["entries"]
        if len(numbers) != int(parts[-1]) or len(parts) - 1 != int(entries[-1]):
            raise ValueError("terms.npy is cut short")
        owned = Ragged(np.arange(int(entries[-1]), dtype=np.int64), entries)
        return cls(orjson.loads((folder / "vocabulary.json").read_bytes()), Ragged(numbers, parts), owned)

    def _tidy(self) -> Terms:
        """Returns the same terms with a sorted vocabulary, in which each term that occurs stands once."""
        used = np.flatnonzero(np.bincount(self.parts.values, minlength=len(self.vocabulary)))
        words = [self.vocabulary[number] for number in used.tolist()]
        vocabulary = sorted(set(words))
        ranks = {word: rank for rank, word in enumerate(vocabulary)}
        numbers = np.zeros(len(self.vocabulary), np.uint32)
        numbers[used] = [ranks[word] for word in words]
        values = numbers[self.parts.values]
        return Terms(vocabulary, Ragged(values, self.parts.bounds), self.entries)
