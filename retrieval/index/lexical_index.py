"""BM25 for each field of the entries. Scores of (term, entry) pairs are computed at build and only summed at search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.index.ragged import Ragged
from retrieval.index.terms_file import Terms
from retrieval.terms.fields import FIELDS

_K1, _B = 1.2, 0.6


@dataclass(frozen=True)
class Postings:
    """The postings of one field. Term ``t`` occurs in entries ``places[bounds[t]:bounds[t + 1]]``, ascending, with the scores
    ``weights`` there.
    """

    places: NDArray[np.int32]
    weights: Vectors
    bounds: NDArray[np.int64]

    @classmethod
    def build(cls, found: Ragged, words: int) -> Postings:
        """Builds the postings from the terms of each entry, with BM25 as in Lucene (k1 = 1.2, b = 0.6)."""
        size = max(len(found), 1)
        pairs, counts = np.unique(found.values.astype(np.int64) * size + found.owners(), return_counts=True)
        numbers, places = pairs // size, pairs % size
        bounds = np.searchsorted(numbers, np.arange(words + 1)).astype(np.int64)
        lengths = found.lengths.astype(np.float64)
        relative = lengths / max(float(lengths.mean()) if len(found) else 0.0, 1e-9)
        holders = np.diff(bounds)
        rarity = np.log1p((len(found) - holders + 0.5) / (holders + 0.5))
        weights = rarity[numbers] * counts / (counts + _K1 * (1 - _B + _B * relative[places]))
        return cls(places.astype(np.int32), weights.astype(np.float32), bounds)


class LexicalIndex:
    """BM25 scores of every entry, field by field. Immutable, safe to share between threads."""

    def __init__(self, fields: dict[str, Postings], vocabulary: Sequence[str], size: int) -> None:
        self._fields, self._size = fields, size
        self._numbers = {term: number for number, term in enumerate(vocabulary)}

    @classmethod
    def build(cls, terms: Terms) -> LexicalIndex:
        fields = {name: Postings.build(terms.field(name), len(terms.vocabulary)) for name in FIELDS}
        return cls(fields, terms.vocabulary, len(terms.entries))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, postings in self._fields.items():
            for part in ("places", "weights", "bounds"):
                np.save(folder / f"{name}.{part}.npy", getattr(postings, part))

    @classmethod
    def load(cls, folder: Path, vocabulary: Sequence[str], size: int) -> LexicalIndex:
        """Reads the files of ``save``. The arrays stay in the file (memory map) until they are used."""
        fields = {}
        for name in FIELDS:
            parts = (
                np.load(folder / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)  # slices cost less
                for part in ("places", "weights", "bounds")
            )
            fields[name] = Postings(*parts)
            if len(fields[name].bounds) != len(vocabulary) + 1:
                raise ValueError(f"the index of {name} is of another vocabulary")
        return cls(fields, vocabulary, size)

    def scores(self, query: Mapping[str, float]) -> dict[str, Vectors]:
        """Returns, by field, the BM25 score of each entry for query terms with weights; entries in the order of the build."""
        return {name: self._field_scores(postings, query) for name, postings in self._fields.items()}

    def rarity(self, term: str) -> float:
        """Returns the inverse document frequency over the bodies, in nats. It is greatest for a term that occurs nowhere."""
        number = self._numbers.get(term)
        bounds = self._fields["body"].bounds
        count = 0 if number is None else int(bounds[number + 1] - bounds[number])
        return float(np.log1p(self._size / (count + 0.5)))

    def knows(self, term: str) -> bool:
        """Decides whether any entry holds a term."""
        return term in self._numbers

    def holds(self, terms: Sequence[str], places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Returns whether an entry holds a term in any field, (terms, places)."""
        found = np.zeros((len(terms), len(places)), np.bool_)
        for row, term in enumerate(terms):
            number = self._numbers.get(term)
            if number is None:
                continue
            for postings in self._fields.values():
                held = postings.places[int(postings.bounds[number]) : int(postings.bounds[number + 1])]  # ascending
                at = np.searchsorted(held, places)
                found[row] |= held[np.minimum(at, len(held) - 1)] == places if len(held) else False
        return found

    def _field_scores(self, postings: Postings, query: Mapping[str, float]) -> Vectors:
        total = np.zeros(self._size, np.float32)
        for term, weight in query.items():
            number = self._numbers.get(term)
            if number is not None:
                held = slice(int(postings.bounds[number]), int(postings.bounds[number + 1]))
                total[postings.places[held]] += (
                    np.float32(weight) * postings.weights[held]
                )  # an entry occurs only once among the postings of a term
        return total
