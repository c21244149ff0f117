"""FAISS over the vectors of heads and sections, and the score of an entry from its vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.index.embedded_texts import KeyedText
from retrieval.index.rough_products import RoughProducts
from retrieval.threads import in_this_thread

Numbers = NDArray[np.int64]
EXACT = 100_000  # vectors
CLUSTERS = 1024
PROBED = 64  # clusters searched
NEAREST = 200  # vectors requested from FAISS

_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


class Standard(NamedTuple):
    """Mean and spread of scores."""

    mean: float
    spread: float

    def of(self, scores: Vectors) -> Vectors:
        """Returns z-scores."""
        return np.asarray((scores - self.mean) / self.spread, dtype=np.float32)


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of all vectors of one kind. The mean and spread of any query's scores follow from them."""

    mean: Vectors
    covariance: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> Moments:
        if not len(vectors):
            return cls(np.zeros(vectors.shape[1], np.float32), np.eye(vectors.shape[1], dtype=np.float32))
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        return cls(mean, (centred.T @ centred / len(vectors)).astype(np.float32))

    def standard(self, query: Vectors) -> Standard:
        """Returns the mean and spread of the inner products of all vectors with ``query``, without computing the products."""
        spread = float(np.sqrt(max(float(query @ self.covariance @ query), 1e-12)))
        return Standard(float(query @ self.mean), spread)


class VectorIndex:
    """Vectors, each with its owner (the entry's place) and the passage that it stands for. Immutable, thread-safe.

    Up to ``EXACT`` vectors, all are compared: first roughly, in whole numbers, to find the entries whose exact products are
    worth computing. More vectors are stored in fp16 and in clusters; the nearest clusters are searched.
    """

    def __init__(self, index: Any, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8], moments: Moments) -> None:
        self._index, self.owners, self.passages, self.keys, self.moments = index, owners, passages, keys, moments
        self.clustered = isinstance(index, faiss.IndexIVF)
        self._owning = np.unique(owners)
        self._flat: Vectors = np.zeros((0, index.d), np.float32)
        if index.ntotal and not self.clustered:  # the index's own memory, not a copy
            flat = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
            self._flat = flat.reshape(index.ntotal, index.d)
        self._rough = None if self.clustered else RoughProducts(self._flat, owners, moments.mean, moments.covariance)

    @classmethod
    def build(cls, vectors: Vectors, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8]) -> VectorIndex:
        index: Any = faiss.IndexFlatIP(vectors.shape[1]) if len(vectors) <= EXACT else _clusters(vectors)
        index.add(vectors)
        if len(vectors) > EXACT:
            index.make_direct_map()
        return cls(index, owners, passages, keys, Moments.of(vectors))

    def vectors(self, rows: Numbers) -> Vectors:
        """Returns vectors, (len(rows), dimension). They are a copy, which may outlive the index."""
        if self.clustered:
            return np.asarray(self._index.reconstruct_batch(rows), np.float32)
        return self._flat[rows]

    def _products(self, query: Vectors, rows: Numbers) -> Vectors:
        """Returns inner products, (len(rows),). They are computed in place: copying the rows of 400 entries first takes 2.5
        times as long.
        """
        if self.clustered or not len(rows):  # FAISS refuses an empty comparison, for an entry without sections
            return np.asarray(self.vectors(rows) @ query, np.float32)
        found = np.empty(len(rows), np.float32)
        pointers = faiss.swig_ptr(found), faiss.swig_ptr(rows)
        in_this_thread()
        self._index.compute_distance_subset(1, faiss.swig_ptr(query), len(rows), *pointers)
        return found

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

    def rows_by_owner(self, owners: int) -> list[list[KeyedText]]:
        """Returns the embedded texts of each of the first ``owners`` entries, by key."""
        rows: list[list[KeyedText]] = [[] for _ in range(owners)]
        for owner, passage, key in zip(self.owners.tolist(), self.passages.tolist(), self.keys, strict=True):
            rows[owner].append(KeyedText(key.tobytes(), passage))
        return rows

    def roughly(self, query: Vectors, size: int, allowed: NDArray[np.bool_] | None = None) -> Vectors:
        """Returns the approximate score of the best vector of each of the first ``size`` entries, (size,); -1 for an entry
        without vectors.

        In clusters only the ``NEAREST`` of ``allowed`` entries are looked up. All other entries get the score of the last of
        these: few are nearer.
        """
        if self._rough is not None:
            return self._rough.best(query, size)
        rows, scores = self._search(query, NEAREST, allowed)
        best = np.full(size, -1.0, np.float32)
        if len(rows):
            best[self._owning] = scores[-1]
            np.maximum.at(best, self.owners[rows], scores)
        return best

    def nearest(self, query: Vectors, count: int, allowed: NDArray[np.bool_] | None = None) -> Numbers:
        """Returns the places of the entries that own the ``count`` nearest vectors (fewer if there are fewer), each once."""
        return np.unique(self.owners[self._search(query, count, allowed)[0]])

    def _search(self, query: Vectors, count: int, allowed: NDArray[np.bool_] | None) -> tuple[Numbers, Vectors]:
        """Returns the ``count`` nearest vectors, best first, and their scores. With clusters, only those in the clusters
        searched.
        """
        options: dict[str, Any] = {}
        share = 1.0
        if allowed is not None:
            chosen = allowed[self.owners]
            share = float(chosen.mean())
            options["sel"] = faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))  # type: ignore[call-arg, arg-type]
        if self.clustered:  # if fewer vectors are allowed, more clusters are searched
            options["nprobe"] = min(CLUSTERS, int(PROBED / max(share, 1e-9)))
        parameters = (faiss.SearchParametersIVF if self.clustered else faiss.SearchParameters)(**options)
        in_this_thread()
        scores, rows = self._index.search(query[None, :], min(count, len(self.owners)), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def of(self, query: Vectors, place: int) -> dict[int, float]:
        """Returns the scores of the vectors of one entry, by passage."""
        start, end = (int(np.searchsorted(self.owners, place, side=side)) for side in _SIDES)
        rows = np.arange(start, end, dtype=np.int64)
        return dict(zip(self.passages[start:end].tolist(), self._products(query, rows).tolist(), strict=True))

    def each(self, query: Vectors, places: Numbers) -> tuple[Vectors, Numbers, Numbers]:
        """Returns the scores of all vectors of the entries in ``places``, entry by entry; the passage of each vector; and the
        number of vectors of each entry.
        """
        starts = np.searchsorted(self.owners, places, side="left")
        counts = np.searchsorted(self.owners, places, side="right") - starts
        firsts = np.cumsum(counts) - counts
        rows = np.repeat(starts - firsts, counts) + np.arange(counts.sum())
        return self._products(query, rows), self.passages[rows], counts

    def best(self, query: Vectors, places: Numbers) -> tuple[Vectors, Numbers]:
        """Returns, for each entry in ``places``, the score of its best vector (-1 if it has none) and the passage of that
        vector.
        """
        scores = np.full(len(places), -1.0, np.float32)
        found = np.zeros(len(places), np.int64)
        products, passages, counts = self.each(query, places)
        owning = counts > 0
        if owning.any():
            scores[owning] = np.maximum.reduceat(products, (np.cumsum(counts) - counts)[owning])
            # Of equal scores the first, as in a search.
            tops = np.flatnonzero(products == np.repeat(scores, counts))
            of = np.repeat(np.arange(len(places)), counts)[tops]
            found[owning] = passages[tops[np.diff(of, prepend=-1) > 0]]
        return scores, found


def _clusters(vectors: Vectors) -> Any:
    """Returns an empty index with the clusters of ``vectors``, found on a sample of them."""
    index: Any = faiss.index_factory(vectors.shape[1], f"IVF{CLUSTERS},SQfp16", faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False  # a vector taken over into the next snapshot must not change
    index.cp.niter, index.cp.max_points_per_centroid = 8, 64
    index.train(vectors)
    return index
