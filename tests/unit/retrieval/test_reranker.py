"""The order of the first entries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.terms_file import Terms
from retrieval.index.vector_index import VectorIndex
from retrieval.query.query import Query
from retrieval.ranking.fusion import Ranked
from retrieval.ranking.reranker import REORDERED, VALUES, Values, _words_of_title, reorder, title_equals, values
from retrieval.terms.analysis import terms
from tests.unit.retrieval.samples import ENTRIES
from tests.unit.retrieval.test_fusion import unit_rows
from tools.training.calibration import fit_order

AT = {name: number for number, name in enumerate(VALUES)}
ONE = Ranked(place=0, score=0.0, lexical=1.5, dense=0.0, head=0.5, section=0.6, nearest=1, penalty=0.4)
STANDING = np.arange(12.0).reshape(4, 3)
LEXICAL = LexicalIndex.build(Terms.of(ENTRIES))


def sections(*owned: tuple[int, int]) -> tuple[VectorIndex, np.ndarray]:
    """Vectors of (owner, passage)."""
    vectors = unit_rows(max(len(owned), 1))[: len(owned)]
    owners, passages = (np.asarray([pair[side] for pair in owned], np.int64) for side in (0, 1))
    return VectorIndex.build(vectors, owners, passages, np.zeros((len(owned), 16), np.uint8)), vectors


def known(ranked: list[Ranked], query: str, index: VectorIndex, vector: np.ndarray) -> Values:
    titles = {place: dict.fromkeys(terms(entry.title), 1.0) for place, entry in enumerate(ENTRIES)}
    return values(ranked, Query(query, terms(query)), vector, LEXICAL, index, titles.__getitem__, STANDING)


def test_sections_and_wordings_are_known_apart_two_of_each() -> None:
    index, vectors = sections((0, 0), (0, 0), (0, 0), (0, 1), (0, 2), (2, 3))
    products = (vectors @ vectors[0] - 0.6) * 10
    first, without, single = known([ONE, replace(ONE, place=1), replace(ONE, place=2)], "passeport", index, vectors[0])
    best = sorted(products[:3], reverse=True)
    assert first[[AT["wording"], AT["second_wording"]]] == pytest.approx(best[:2], abs=1e-4)
    assert first[[AT["section"], AT["second"]]] == pytest.approx(sorted(products[3:5], reverse=True), abs=1e-4)
    assert without[AT["section"]] == without[AT["wording"]] == without[AT["head"]] == pytest.approx(-1)  # judged by its title
    assert single[AT["section"]] == pytest.approx(products[5], abs=1e-4)
    assert single[AT["second"]] < single[AT["section"]]


def test_words_are_shares_of_the_message_and_of_the_title() -> None:
    index, vectors = sections((0, 1))
    title = ENTRIES[0].title
    whole, nothing = (known([ONE], text, index, vectors[0])[0] for text in (title, "zygomorphe"))
    assert (whole[AT["unmatched"]], whole[AT["titled"]]) == (0, 1)
    assert (nothing[AT["unmatched"]], nothing[AT["titled"]]) == (1, 0)
    assert known([ONE], "?", index, vectors[0])[0][AT["unmatched"]] == 0
    assert whole[[AT["lexical"], AT["narrow"]]].tolist() == [1.5, 0.4]
    third = known([replace(ONE, place=2)], title, index, vectors[0])[0]
    assert third[[AT["linked"], AT["length"], AT["theme"]]].tolist() == [6, 7, 8]


def test_weights_make_the_order_and_the_parts_of_a_score() -> None:
    weights = [0.0] * len(VALUES)
    weights[AT["lexical"]], weights[AT["head"]], weights[AT["narrow"]] = 2.0, 1.0, -3.0
    found = np.zeros((REORDERED + 2, len(VALUES)))
    found[3, AT["lexical"]], found[3, AT["head"]], found[5, AT["narrow"]] = 1.0, 0.5, 1.0
    weights[AT["theme"]], found[5, AT["theme"]] = 0.5, -1.0
    found[REORDERED + 1, AT["lexical"]] = 9.0  # beyond those that are looked at: it stays behind them
    ranked = reorder([replace(ONE, place=place) for place in range(REORDERED + 2)], found, weights)
    assert [one.place for one in ranked[:3]] == [3, 0, 1]
    assert [one.place for one in ranked[-3:]] == [5, REORDERED + 1, REORDERED]
    assert (ranked[0].lexical, ranked[0].dense, ranked[0].score) == (2.0, 0.5, 2.5)
    assert (ranked[-3].penalty, ranked[-3].prior, ranked[-3].score) == (3.0, -0.5, -3.5)


def test_a_page_whose_title_is_the_message_comes_first() -> None:
    titles = ("Carte grise : documents", "Carte d’identité", "Carte d'identite", "Carte")
    ranked = [replace(ONE, place=place) for place in range(4)]
    found, weights = np.zeros((4, len(VALUES))), [1.0] * len(VALUES)
    found[:, AT["head"]] = (9.0, 1.0, 1.5, 0.0)
    named = title_equals(ranked, "CARTE D'IDENTITÉ ?", titles)
    assert named.tolist() == [False, True, True, False]
    order = reorder(ranked, found, weights, 3, named)
    assert [(one.place, one.score, one.lexical) for one in order] == [(2, 10.0, 8.5), (1, 9.5, 8.5), (0, 9.0, 0.0)]
    far_ahead = reorder(ranked, found, weights, 1, title_equals(ranked, "carte grise documents", titles))
    assert far_ahead[0].score == 9.0  # nothing is added to who leads anyway
    assert reorder(ranked, found, weights, 1, title_equals(ranked, "?", titles))[0].place == 0


def test_what_citizens_write_is_not_kept_in_memory() -> None:
    before = _words_of_title.cache_info().currsize
    title_equals([ONE], "Ma voisine Mme Martin est malade", ("Carte grise",))
    title_equals([ONE], "Mon fils Hugo a 12 ans", ("Carte grise",))
    assert _words_of_title.cache_info().currsize <= before + 1


def test_an_order_wants_enough_questions() -> None:
    with pytest.raises(ValueError, match="too few"):
        fit_order([])
