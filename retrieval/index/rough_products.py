"""The approximate best product of a query with the vectors of each entry. It selects the entries for exact products."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from retrieval.contracts import Vectors
from retrieval.embedding.onnx_session import session

_AT_A_TIME = 10_000  # vectors at a time
# Seven bits, not eight: processors without instructions for whole numbers add two products in 16 bits.
_PEAK = 63
_ZERO = 128  # stands for 0 in a query, whose values are unsigned
# With .895 of the variance (192 of 384 axes), the 10 best of 50 pages were kept for all of 800 messages, the 40 best of 80 for
# all but one; with .81, for all but 14. All axes take .4 ms more of a search, and twice the memory.
_HELD = 0.9


class RoughProducts:
    """The vectors along the axes of greatest variance, as whole numbers of 7 bits, in one matrix. A query of 8 bits is
    multiplied with it. The matrix holds the first vector of each entry that has one, then the second vectors, and so on;
    entries with the most vectors come first. So the best vector of each entry is found in as many steps as one entry has
    vectors. Immutable, thread-safe.
    """

    def __init__(self, vectors: Vectors, owners: NDArray[np.int64], mean: Vectors, covariance: Vectors) -> None:
        """Takes the ``mean`` and ``covariance`` of the ``vectors``, (n, dimension). ``owners`` must be in ascending order."""
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        counts = np.diff(firsts, append=len(owners))
        firsts = firsts[np.argsort(-counts, kind="stable")]
        self._places = owners[firsts]
        self._having = [int((counts > number).sum()) for number in range(int(counts.max(initial=0)))]
        self._mean, self._axes, self._step = mean, _axes(covariance), 1.0
        if not len(vectors):
            return
        rows = np.concatenate([firsts[:having] + number for number, having in enumerate(self._having)])
        peak = max(float(np.abs(lot).max()) for _, lot in self._turned(vectors, rows))
        self._step = max(peak, 1e-9) / _PEAK
        whole = np.empty((len(self._axes), len(rows)), np.int8)
        for start, lot in self._turned(vectors, rows):
            whole[:, start : start + lot.shape[1]] = np.rint(lot / np.float32(self._step))
        self._session = session(_product(whole))

    def best(self, query: Vectors, size: int) -> Vectors:
        """Returns the approximate product of ``query``, (dimension,), with the best vector of each of the first ``size``
        entries, (size,); -1 for an entry without vectors.
        """
        found = np.full(size, -1.0, np.float32)
        if not self._having:
            return found
        turned = self._axes @ query
        step = max(float(np.abs(turned).max()), 1e-9) / (_ZERO - 1)
        asked = (np.rint(turned / np.float32(step)) + _ZERO).astype(np.uint8)
        products: NDArray[np.int32] = self._session.run(None, {"query": asked[None, :]})[0][0]
        at = self._having[0]
        best = products[:at]
        for having in self._having[1:]:
            np.maximum(best[:having], products[at : at + having], out=best[:having])
            at += having
        found[self._places] = best * np.float32(step * self._step) + np.float32(self._mean @ query)
        return found

    def _turned(self, vectors: Vectors, rows: NDArray[np.int64]) -> Iterator[tuple[int, Vectors]]:
        """Yields ``rows`` in batches: the place of the first row, and its vectors along the axes, (axes, rows)."""
        for start in range(0, len(rows), _AT_A_TIME):
            yield start, self._axes @ (vectors[rows[start : start + _AT_A_TIME]] - self._mean).T


def _axes(covariance: Vectors) -> Vectors:
    """Returns the axes, (axes, dimension), that cover ``_HELD`` of the variance in ``covariance``."""
    spread, axes = np.linalg.eigh(covariance.astype(np.float64))  # in ascending order
    left_out = np.cumsum(np.maximum(spread, 0.0))
    count = int((left_out > (1 - _HELD) * left_out[-1]).sum())
    return np.ascontiguousarray(axes[:, -max(count, 1) :].T, np.float32)


def _product(matrix: NDArray[np.int8]) -> bytes:
    """Returns an ONNX graph that multiplies one query with ``matrix``, (dimension, vectors)."""
    dimension, vectors = matrix.shape
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["query", "vectors", "zero"], ["products"])],
        "products",
        [helper.make_tensor_value_info("query", TensorProto.UINT8, [1, dimension])],
        [helper.make_tensor_value_info("products", TensorProto.INT32, [1, vectors])],
        [numpy_helper.from_array(matrix, "vectors"), numpy_helper.from_array(np.array(_ZERO, np.uint8), "zero")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())
