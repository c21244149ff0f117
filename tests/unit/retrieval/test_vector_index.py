"""An entry is scored by those of its vectors that there are, also where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.contracts import Vectors
from retrieval.dense import index as module
from retrieval.dense.index import VectorIndex

PLACES = np.arange(4, dtype=np.int64)


@pytest.fixture(params=["compared with each", "in clusters"])
def index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> VectorIndex:
    """Entries 0 and 2 have vectors (two and one), entries 1 and 3 have none."""
    if request.param == "in clusters":
        monkeypatch.setattr(module, "EXACT", 2)
        monkeypatch.setattr(module, "CLUSTERS", 1)
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    return VectorIndex.build(vectors, np.array([0, 0, 2]), np.array([1, 5, 3]), np.zeros((3, 16), np.uint8))


def query() -> Vectors:
    return np.array([0, 1], np.float32)


def test_an_entry_s_scores_are_by_passage(index: VectorIndex) -> None:
    assert index.of(query(), 0) == pytest.approx({1: 0, 5: 0.8}, abs=1e-3)


def test_an_entry_without_vectors_has_no_score(index: VectorIndex) -> None:
    assert index.of(query(), 1) == {}
    assert index.of(query(), 3) == {}


def test_the_best_vector_of_each(index: VectorIndex) -> None:
    scores, passages = index.best(query(), PLACES)
    assert scores == pytest.approx([0.8, -1, 1, -1], abs=1e-3)
    assert passages[[0, 2]].tolist() == [5, 3]


def test_none_of_those_asked_for_has_a_vector(index: VectorIndex) -> None:
    scores, _ = index.best(query(), PLACES[[1, 3]])
    assert scores.tolist() == [-1, -1]


def test_the_nearest_are_those_of_exact_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone through in 8 bits: of vectors as near to each other as those of pages, none is taken for another."""
    monkeypatch.setattr(module, "_SCALED", 700)  # as of a larger index, several lots
    chance = np.random.default_rng(7)
    vectors = (chance.normal(size=384) + 0.6 * chance.normal(size=(2000, 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = np.arange(2000, dtype=np.int64)
    index = VectorIndex.build(vectors, owners, np.ones(2000, np.int64), np.zeros((2000, 16), np.uint8))
    for asked in vectors[:20] + 0.02 * chance.normal(size=(20, 384)).astype(np.float32):
        wanted = np.argsort(-(vectors @ asked))[:100]
        assert set(index.nearest(asked, 100)) == set(wanted)
        even = owners % 2 == 0
        assert set(index.nearest(asked, 50, even)) == set([one for one in np.argsort(-(vectors @ asked)) if even[one]][:50])


def test_all_are_near_where_there_are_few(index: VectorIndex) -> None:
    assert index.nearest(query(), 9).tolist() == [0, 2]
    assert index.nearest(query(), 9, np.array([True, False, False, False])).tolist() == [0]
