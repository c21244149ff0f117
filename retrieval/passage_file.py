"""The terms of every passage of a snapshot, analysed once at build: choosing a passage then needs no text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson

from core.entry import Entry
from retrieval.passage_choice import PassageTerms, passage_terms

_KEPT = 256  # entries whose passages stay unpacked
_PARTS = 3  # heading, case, text


class PassageFile:
    """Numbers of terms, passage by passage, in arrays of the file. Immutable and thread-safe."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "passages.npz", allow_pickle=False) as data:
            self._terms, self._bounds, self._starts = data["terms"], data["bounds"], data["starts"]
        self._vocabulary: list[str] = orjson.loads((folder / "passage_vocabulary.json").read_bytes())
        self.of = lru_cache(maxsize=_KEPT)(self._of)

    @staticmethod
    def write(entries: Sequence[Entry], folder: Path) -> None:
        numbers: dict[str, int] = {}
        found: list[int] = []
        bounds, starts = [0], [0]
        for entry in entries:
            for passage in passage_terms(entry):
                for part in (passage.heading, passage.case, passage.text):
                    found.extend(numbers.setdefault(term, len(numbers)) for term in sorted(part))
                    bounds.append(len(found))
            starts.append((len(bounds) - 1) // _PARTS)
        np.savez(
            folder / "passages.npz",
            terms=np.asarray(found, np.uint32),
            bounds=np.asarray(bounds, np.int64),
            starts=np.asarray(starts, np.int64),
        )
        (folder / "passage_vocabulary.json").write_bytes(orjson.dumps(list(numbers)))

    def _of(self, place: int) -> tuple[PassageTerms, ...]:
        """The passages of the entry at ``place``, in order."""
        first, last = int(self._starts[place]), int(self._starts[place + 1])
        return tuple(
            PassageTerms(number - first, *(self._part(_PARTS * number + part) for part in range(_PARTS)))
            for number in range(first, last)
        )

    def _part(self, number: int) -> frozenset[str]:
        return self._words(self._terms[self._bounds[number] : self._bounds[number + 1]].tolist())

    def _words(self, numbers: Iterable[int]) -> frozenset[str]:
        return frozenset(self._vocabulary[number] for number in numbers)
