"""FAISS over the vectors of heads and sections, and the score of an entry from those of its vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.dense.texts import KeyedText
from retrieval.threads import in_this_thread

Numbers = NDArray[np.int64]
EXACT = 100_000  # vectors
CLUSTERS = 1024
_SCALED = 10_000  # vectors put into 8 bits at a time
_SPARE = 5  # a fifth more are found in 8 bits than are wanted
PROBED = 64  # clusters searched

_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


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
    """Vectors with an owner each (the entry's place) and the passage that each stands for. Immutable, thread-safe.

    Up to ``EXACT`` vectors every one is compared: gone through in 8 bits, a quarter of the memory, for a few more than are
    wanted; the vectors themselves say which of these are nearest (31,857 vectors: .7 ms instead of 2.0 of a search, the same
    200 as without 8 bits). More are kept in fp16 and in clusters, of which the nearest are searched.
    """

    def __init__(self, index: Any, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8], moments: Moments) -> None:
        self._index, self.owners, self.passages, self.keys, self.moments = index, owners, passages, keys, moments
        self._clustered = isinstance(index, faiss.IndexIVF)
        self._flat: Vectors = np.zeros((0, index.d), np.float32)
        if index.ntotal and not self._clustered:  # the index's own memory, not a copy
            flat = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
            self._flat = flat.reshape(index.ntotal, index.d)
        self._scanned = index if self._clustered else _in_eight_bits(self._flat)

    @classmethod
    def build(cls, vectors: Vectors, owners: Numbers, passages: Numbers, keys: NDArray[np.uint8]) -> VectorIndex:
        index: Any = faiss.IndexFlatIP(vectors.shape[1]) if len(vectors) <= EXACT else _clusters(vectors)
        index.add(vectors)
        if len(vectors) > EXACT:
            index.make_direct_map()
        return cls(index, owners, passages, keys, Moments.of(vectors))

    def vectors(self, rows: Numbers) -> Vectors:
        """(len(rows), dimension). A copy: it may outlive the index."""
        if self._clustered:
            return np.asarray(self._index.reconstruct_batch(rows), np.float32)
        return self._flat[rows]

    def _products(self, query: Vectors, rows: Numbers) -> Vectors:
        """(len(rows),) inner products, in place: to copy the rows of 400 entries first takes two and a half times as long."""
        if self._clustered or not len(rows):  # FAISS refuses to compare with nothing: an entry without sections
            return np.asarray(self.vectors(rows) @ query, np.float32)
        found = np.empty(len(rows), np.float32)
        pointers = faiss.swig_ptr(found), faiss.swig_ptr(rows)
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
        """What was embedded of each of the first ``owners`` entries, by key."""
        rows: list[list[KeyedText]] = [[] for _ in range(owners)]
        for owner, passage, key in zip(self.owners.tolist(), self.passages.tolist(), self.keys, strict=True):
            rows[owner].append(KeyedText(key.tobytes(), passage))
        return rows

    def nearest(self, query: Vectors, count: int, allowed: NDArray[np.bool_] | None = None) -> Numbers:
        """Places of the entries that own the ``count`` nearest vectors (fewer where there are fewer), each once."""
        count = min(count, self._index.ntotal)
        if not count:
            return np.zeros(0, np.int64)
        options: dict[str, Any] = {}
        share = 1.0
        if allowed is not None:
            rows = allowed[self.owners]
            share = float(rows.mean())
            options["sel"] = faiss.IDSelectorBitmap(np.packbits(rows, bitorder="little"))  # type: ignore[call-arg, arg-type]
        if self._clustered:  # where fewer vectors are allowed, they are looked for in more clusters
            probed = min(CLUSTERS, int(PROBED / max(share, 1e-9)))
            parameters: Any = faiss.SearchParametersIVF(nprobe=probed, **options)  # type: ignore[call-arg]
        else:
            parameters = faiss.SearchParameters(**options)
        in_this_thread()
        more = count if self._clustered else min(count + count // _SPARE, self._index.ntotal)
        asked = query if self._clustered else _whole(query)
        rows_found = self._scanned.search(asked[None, :], more, params=parameters)[1][0]
        rows_found = rows_found[rows_found >= 0]
        if len(rows_found) > count:
            rows_found = rows_found[np.argpartition(-self._products(query, rows_found), count)[:count]]
        owning = np.zeros(int(self.owners[-1]) + 1, np.bool_)
        owning[self.owners[rows_found]] = True
        return np.flatnonzero(owning)

    def of(self, query: Vectors, place: int) -> dict[int, float]:
        """The scores of the vectors of one entry, by the passage that each stands for."""
        start, end = (int(np.searchsorted(self.owners, place, side=side)) for side in _SIDES)
        rows = np.arange(start, end, dtype=np.int64)
        return dict(zip(self.passages[start:end].tolist(), self._products(query, rows).tolist(), strict=True))

    def each(self, query: Vectors, places: Numbers) -> tuple[Vectors, Numbers, Numbers]:
        """The scores of all vectors of the entries in ``places``, entry by entry, and the passage that each stands for; how
        many each entry has."""
        starts = np.searchsorted(self.owners, places, side="left")
        counts = np.searchsorted(self.owners, places, side="right") - starts
        firsts = np.cumsum(counts) - counts
        rows = np.repeat(starts - firsts, counts) + np.arange(counts.sum())
        return self._products(query, rows), self.passages[rows], counts

    def best(self, query: Vectors, places: Numbers) -> tuple[Vectors, Numbers]:
        """For each entry in ``places``, the score of its best vector (-1 if it has none) and that vector's passage."""
        scores = np.full(len(places), -1.0, np.float32)
        found = np.zeros(len(places), np.int64)
        products, passages, counts = self.each(query, places)
        owning = counts > 0
        if owning.any():
            scores[owning] = np.maximum.reduceat(products, (np.cumsum(counts) - counts)[owning])
            # The first of equals, as a search gives it.
            tops = np.flatnonzero(products == np.repeat(scores, counts))
            of = np.repeat(np.arange(len(places)), counts)[tops]
            found[owning] = passages[tops[np.diff(of, prepend=-1) > 0]]
        return scores, found


def _in_eight_bits(vectors: Vectors) -> Any:
    """An index of ``vectors`` as whole numbers: products keep their order, but for the rounding."""
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index: Any = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.is_trained = True
    peak = float(np.abs(vectors).max(initial=0.0))
    for start in range(0, len(vectors), _SCALED):
        index.add(_whole(vectors[start : start + _SCALED], peak))
    return index


def _whole(vectors: Vectors, peak: float | None = None) -> Vectors:
    """``vectors`` times the one number by which ``peak``, else the largest of their values, becomes 127; rounded."""
    largest = float(np.abs(vectors).max()) if peak is None else peak
    return np.rint(vectors * np.float32(127 / max(largest, 1e-9)))


def _clusters(vectors: Vectors) -> Any:
    """An empty index with the clusters of ``vectors``, found on a sample of them."""
    index: Any = faiss.index_factory(vectors.shape[1], f"IVF{CLUSTERS},SQfp16", faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False  # a vector that is taken over into the next snapshot stays what it is
    index.cp.niter, index.cp.max_points_per_centroid = 8, 64
    index.train(vectors)
    return index
