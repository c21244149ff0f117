"""What ``bench index`` says that clusters miss."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.contracts import Vectors
from retrieval.index import vector_index as dense
from retrieval.index.vector_index import VectorIndex
from tools.bench import index_recall
from tools.bench.index_recall import nearest_of_all, recall


def _index(rows: int = 400) -> VectorIndex:
    vectors = np.random.default_rng(1).normal(size=(rows, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = np.arange(rows, dtype=np.int64)
    return VectorIndex.build(vectors, owners, owners * 0, np.zeros((rows, 16), np.uint8))


def _queries() -> Vectors:
    return np.asarray(np.random.default_rng(2).normal(size=(5, 8)), np.float32)


def test_nearest_of_all_are_the_nearest_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    index, queries = _index(), _queries()
    wanted = np.argsort(-(queries @ index.vectors(np.arange(400)).T), axis=1)[:, :10]
    monkeypatch.setattr(index_recall, "_BLOCK", 7)
    assert np.array_equal(np.sort(nearest_of_all(index, queries, 10)), np.sort(wanted))


def test_an_exact_index_misses_nothing_and_clusters_hardly_probed_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recall(_index(), _queries(), 10) == 1.0
    for name, value in {"EXACT": 100, "CLUSTERS": 16, "PROBED": 1}.items():
        monkeypatch.setattr(dense, name, value)
    assert 0 < recall(_index(), _queries(), 10) < 1.0


def test_fewer_vectors_than_asked_for_are_refused() -> None:
    with pytest.raises(ValueError, match="3 vectors"):
        nearest_of_all(_index(3), _queries(), 10)
