"""FAISS over the vectors of heads and sections, and the score of an entry from those of its vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of all vectors of one kind: the mean and spread of any query's scores follow from them."""

    mean: Vectors
    covariance: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> Moments:
        if not len(vectors):
            return cls(np.zeros(vectors.shape[1], np.float32), np.eye(vectors.shape[1], dtype=np.float32))
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        return cls(mean, (centred.T @ centred / len(vectors)).astype(np.float32))

    def standardise(self, scores: Vectors, query: Vectors) -> Vectors:
        """Z-scores of inner products with ``query`` against those of all vectors, without computing them all."""
        spread = float(np.sqrt(max(float(query @ self.covariance @ query), 1e-12)))
        return np.asarray((scores - float(query @ self.mean)) / spread, dtype=np.float32)


class VectorIndex:
    """Vectors with an owner each (the entry's place) and the passage that each stands for. Immutable, thread-safe."""

    def __init__(
        self, index: faiss.Index, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8], moments: Moments
    ) -> None:
        self._index, self.owners, self.passages, self.keys, self.moments = index, owners, passages, keys, moments
        self.vectors: Vectors = np.zeros((0, index.d), np.float32)
        if index.ntotal:  # the index's own memory, not a copy
            flat = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)  # type: ignore[attr-defined]
            self.vectors = flat.reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, vectors: Vectors, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8]) -> VectorIndex:
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index, owners, passages, keys, Moments.of(vectors))

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path.with_suffix(".faiss")))
        np.savez(
            path.with_suffix(".npz"),
            owners=self.owners,
            passages=self.passages,
            keys=self.keys,
            mean=self.moments.mean,
            covariance=self.moments.covariance,
        )

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        with np.load(path.with_suffix(".npz")) as data:
            rest = (data["owners"], data["passages"], data["keys"], Moments(data["mean"], data["covariance"]))
        return cls(faiss.read_index(str(path.with_suffix(".faiss"))), *rest)

    def nearest(self, query: Vectors, count: int, allowed: NDArray[np.bool_] | None = None) -> Numbers:
        """Places of the entries that own the ``count`` nearest vectors (fewer where there are fewer), each once."""
        count = min(count, self._index.ntotal)
        if not count:
            return np.zeros(0, np.int64)
        parameters = None
        if allowed is not None:
            rows = np.packbits(allowed[self.owners], bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(rows))  # type: ignore[call-arg, arg-type]
        _, rows_found = self._index.search(query[None, :], count, params=parameters)
        return np.unique(self.owners[rows_found[0][rows_found[0] >= 0]])

    def best(self, query: Vectors, places: Numbers) -> tuple[Vectors, Numbers]:
        """For each entry in ``places``, the score of its best vector (-1 if it has none) and that vector's passage."""
        scores = np.full(len(places), -1.0, np.float32)
        found = np.zeros(len(places), np.int64)
        starts = np.searchsorted(self.owners, places, side="left")
        ends = np.searchsorted(self.owners, places, side="right")
        spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
        rows = np.asarray([row for start, end in spans for row in range(start, end)], dtype=np.int64)
        products = self.vectors[rows] @ query
        at = 0
        for number, (start, end) in enumerate(spans):
            if end > start:
                best = at + int(np.argmax(products[at : at + end - start]))
                scores[number], found[number] = products[best], self.passages[rows[best]]
                at += end - start
        return scores, found
