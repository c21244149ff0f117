"""An entry is scored by those of its vectors that there are, also where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.contracts import Vectors
from retrieval.index import rough_products as rough
from retrieval.index import vector_index as module
from retrieval.index.vector_index import VectorIndex

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


def near_each_other(count: int) -> tuple[Vectors, Vectors]:
    """(count, 384) vectors as near to each other as those of pages, and twenty queries near to the first of them."""
    chance = np.random.default_rng(7)
    vectors = (chance.normal(size=384) + 0.6 * chance.normal(size=(count, 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, vectors[:20] + 0.02 * chance.normal(size=(20, 384)).astype(np.float32)


def test_the_nearest_are_those_of_exact_products() -> None:
    vectors, queries = near_each_other(2000)
    owners = np.arange(2000, dtype=np.int64)
    index = VectorIndex.build(vectors, owners, np.ones(2000, np.int64), np.zeros((2000, 16), np.uint8))
    for asked in queries:
        wanted = np.argsort(-(vectors @ asked))[:100]
        assert set(index.nearest(asked, 100)) == set(wanted)
        even = owners % 2 == 0
        assert set(index.nearest(asked, 50, even)) == set([one for one in np.argsort(-(vectors @ asked)) if even[one]][:50])


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_roughly_the_best_vector_of_each(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Of 200 entries with one to nineteen vectors each and some with none, in whole numbers and, at .9, on fewer axes."""
    monkeypatch.setattr(rough, "_AT_A_TIME", 700)  # as of a larger index, several lots
    monkeypatch.setattr(rough, "_HELD", share)
    vectors, queries = near_each_other(2000)
    owners = np.repeat(np.arange(0, 400, 2), np.arange(200) % 19 + 1)[:2000].astype(np.int64)
    vectors = vectors[: len(owners)]
    index = VectorIndex.build(vectors, owners, np.ones(len(owners), np.int64), np.zeros((len(owners), 16), np.uint8))
    for asked in queries:
        about = index.roughly(asked, 500)
        exact, _ = index.best(asked, np.arange(500, dtype=np.int64))
        assert np.array_equal(about == -1, exact == -1)
        assert about == pytest.approx(exact, abs=0.01 if share == 1 else 0.1)
        assert int(np.argmax(about)) == int(np.argmax(exact))


def test_in_clusters_an_entry_that_is_not_among_the_nearest_is_as_near_as_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT", 2)
    monkeypatch.setattr(module, "CLUSTERS", 1)
    monkeypatch.setattr(module, "NEAREST", 2)
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], np.float32)
    index = VectorIndex.build(vectors, np.array([0, 0, 1, 3]), PLACES, np.zeros((4, 16), np.uint8))
    assert index.roughly(vectors[0], 5) == pytest.approx([1, 0.8, -1, 0.8, -1], abs=1e-3)
    assert index.roughly(vectors[0], 5, np.array([False, True, True, False, True])).tolist()[1] == pytest.approx(0.6, abs=1e-3)
    none = np.array([False, False, True, False, False])
    assert index.roughly(vectors[0], 5, none).tolist() == [-1] * 5


def test_all_are_near_where_there_are_few(index: VectorIndex) -> None:
    assert index.nearest(query(), 9).tolist() == [0, 2]
    assert index.nearest(query(), 9, np.array([True, False, False, False])).tolist() == [0]
