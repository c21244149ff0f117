"""Standard scores of vectors, and the fusion of lexical and dense scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.contracts import Vectors
from retrieval.index import vector_index as module
from retrieval.index.vector_index import VectorIndex
from retrieval.ranking.fusion import Meaning, candidates, fuse

RANDOM = np.random.default_rng(3)


def unit_rows(count: int, dimension: int = 16) -> Vectors:
    rows = RANDOM.normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def index_of(vectors: Vectors, owners: list[int]) -> VectorIndex:
    numbers = np.asarray(owners, np.int64)
    return VectorIndex.build(vectors, numbers, np.arange(len(owners), dtype=np.int64), np.zeros((len(owners), 16), np.uint8))


def test_moments_give_the_standard_scores_of_all_products() -> None:
    vectors = unit_rows(500)
    index, query = index_of(vectors, list(range(500))), unit_rows(1)[0]
    products = vectors @ query
    expected = (products - products.mean()) / products.std()
    assert index.moments.standard(query).of(products) == pytest.approx(expected, abs=1e-3)


def test_best_is_the_best_vector_of_each_entry_and_its_passage() -> None:
    vectors = unit_rows(5)
    index, query = index_of(vectors, [0, 0, 2, 2, 2]), vectors[3]
    scores, passages = index.best(query, np.asarray([0, 1, 2], np.int64))
    assert passages[2] == 3
    assert scores[2] == pytest.approx(1, abs=1e-5)
    assert scores[1] == -1  # entry 1 has no vector
    assert scores[0] == pytest.approx(max(vectors[:2] @ query), abs=1e-5)


def test_nearest_keeps_to_the_allowed_entries() -> None:
    vectors = unit_rows(20)
    index = index_of(vectors, list(range(20)))
    allowed = np.zeros(20, np.bool_)
    allowed[[4, 9]] = True
    assert index.nearest(vectors[0], 5, allowed).tolist() == [4, 9]
    assert 0 in index.nearest(vectors[0], 5).tolist()


def test_many_vectors_are_searched_in_clusters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "EXACT", 400)
    monkeypatch.setattr(module, "CLUSTERS", 16)
    monkeypatch.setattr(module, "PROBED", 4)
    vectors = unit_rows(1200)
    index_of(vectors, [row // 2 for row in range(1200)]).save(tmp_path / "index")
    index = VectorIndex.load(tmp_path / "index")
    assert all(row // 2 in index.nearest(vectors[row], 3) for row in range(0, 1200, 50))
    scores, _ = index.best(vectors[7], np.asarray([2, 3], np.int64))
    assert scores == pytest.approx([max(vectors[4:6] @ vectors[7]), 1], abs=1e-2)
    allowed = np.zeros(600, np.bool_)
    allowed[[1, 3, 500]] = True
    assert index.nearest(vectors[7], 6, allowed).tolist() == [1, 3, 500]
    kept = index.vectors(np.arange(1200))
    again = index_of(kept, list(range(1200)))
    assert np.array_equal(again.vectors(np.arange(1200)), kept)  # taken over any number of times, a vector stays what it is


def test_words_and_meaning_add_up() -> None:
    vectors = unit_rows(30)
    heads, sections = index_of(vectors, list(range(30))), index_of(vectors[:0], [])
    lexical = np.zeros(30, np.float32)
    lexical[[5, 8]] = 4.0
    query = vectors[8]
    near = candidates(lexical, Meaning(heads, sections, query), None, 3)
    ranked = fuse(lexical, Meaning(heads, sections, query), near, 3)
    assert [candidate.place for candidate in ranked][:1] == [8]
    assert ranked[0].score == pytest.approx(ranked[0].lexical + ranked[0].dense, abs=1e-4)
    assert ranked[0].score >= ranked[1].score >= ranked[2].score


def test_what_a_page_loses_for_its_public_is_taken_from_its_score() -> None:
    vectors = unit_rows(30)
    heads, sections = index_of(vectors, list(range(30))), index_of(vectors[:0], [])
    penalty = np.zeros(30, np.float32)
    penalty[8] = 50.0
    near = candidates(np.zeros(30, np.float32), Meaning(heads, sections, vectors[8]), None, 30, penalty)
    ranked = fuse(np.zeros(30, np.float32), Meaning(heads, sections, vectors[8]), near, 30, penalty)
    (last,) = [candidate for candidate in ranked if candidate.place == 8]
    assert ranked[-1] == last
    assert last.score == pytest.approx(last.lexical + last.dense - last.penalty, abs=1e-4)


def test_an_entry_that_is_not_allowed_is_never_ranked() -> None:
    vectors = unit_rows(30)
    heads, sections = index_of(vectors, list(range(30))), index_of(vectors[:0], [])
    allowed = np.zeros(30, np.bool_)
    allowed[[1, 2]] = True
    lexical = np.zeros(30, np.float32)
    lexical[8] = 9.0
    near = candidates(lexical, Meaning(heads, sections, vectors[8]), allowed, 10)
    ranked = fuse(lexical, Meaning(heads, sections, vectors[8]), near, 10)
    assert {candidate.place for candidate in ranked} == {1, 2}


def test_in_clusters_candidates_are_those_of_the_highest_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an entry's sections are among those looked up or not: one that has the words and the head is not missed."""
    monkeypatch.setattr(module, "EXACT", 400)
    monkeypatch.setattr(module, "CLUSTERS", 16)
    monkeypatch.setattr(module, "NEAREST", 20)
    vectors = unit_rows(1200)
    heads, sections = index_of(vectors[:300], list(range(300))), index_of(vectors, [row // 4 for row in range(1200)])
    lexical = RANDOM.normal(size=300).astype(np.float32)
    for asked in range(0, 300, 7):
        meaning = Meaning(heads, sections, vectors[asked])
        every = np.arange(300, dtype=np.int64)
        wanted = [one.place for one in fuse(lexical, meaning, every, 10)]
        near = candidates(lexical, meaning, None, 20)
        assert np.array_equal(near, np.unique(near))
        assert len(near) == 80
        assert [one.place for one in fuse(lexical, meaning, near, 10)] == wanted
        allowed = np.arange(300) % 3 == 0
        assert set(candidates(lexical, meaning, allowed, 40).tolist()) == set(range(0, 300, 3))
