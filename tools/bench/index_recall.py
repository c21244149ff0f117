"""The recall of a search in clusters: the entries that it finds, against a comparison with every vector."""

from __future__ import annotations

import numpy as np

from retrieval.contracts import Vectors
from retrieval.index.vector_index import Numbers, VectorIndex

_BLOCK = 50_000  # vectors compared at a time, so that memory does not grow with the index


def recall(index: VectorIndex, queries: Vectors, count: int) -> float:
    """Returns the mean share of the entries of the ``count`` nearest vectors that ``index`` finds, over ``queries`` (n,
    dimension).
    """
    shares = []
    for query, rows in zip(queries, nearest_of_all(index, queries, count), strict=True):
        wanted = np.unique(index.owners[rows])
        shares.append(len(np.intersect1d(index.nearest(query, count), wanted)) / len(wanted))
    return round(float(np.mean(shares)), 3)


def nearest_of_all(index: VectorIndex, queries: Vectors, count: int) -> Numbers:
    """Returns the rows nearest to each query, (n, count), in no order. Raises ``ValueError`` if there are fewer."""
    total = len(index.owners)
    if total < count:
        raise ValueError(f"{total} vectors, {count} wanted")
    scores, rows = np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    for start in range(0, total, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, total), dtype=np.int64)
        scores = np.hstack([scores, queries @ index.vectors(block).T])
        rows = np.hstack([rows, np.broadcast_to(block, (len(queries), len(block)))])
        best = np.argpartition(-scores, min(count, scores.shape[1]) - 1, axis=1)[:, :count]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows
