"""BM25 by field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.terms_file import Terms
from retrieval.ranking.fusion import lexical_scores
from retrieval.terms.analysis import terms
from retrieval.terms.fields import FIELDS
from tests.unit.retrieval.samples import ENTRIES


def weights(text: str) -> dict[str, float]:
    return dict.fromkeys(terms(text), 1.0)


@pytest.fixture(params=["built", "loaded"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalIndex:
    built = LexicalIndex.build(Terms.of(ENTRIES))
    if request.param == "built":
        return built
    built.save(tmp_path)
    return LexicalIndex.load(tmp_path, Terms.of(ENTRIES).vocabulary, len(ENTRIES))


def test_each_field_scores_the_entry_that_holds_the_word(index: LexicalIndex) -> None:
    scores = index.scores(weights("timbres fiscaux"))
    assert set(scores) == set(FIELDS)
    assert int(np.argmax(scores["body"])) == 0
    assert not scores["title"].any()


def test_unknown_words_score_nothing(index: LexicalIndex) -> None:
    assert not lexical_scores(index, weights("zygomorphe"), None).any()
    assert not lexical_scores(index, {}, None).any()


def test_standard_scores_are_taken_over_the_allowed_entries_only(index: LexicalIndex) -> None:
    allowed = np.asarray([True, True, False, False], np.bool_)
    scores = lexical_scores(index, weights("passeport"), allowed)
    assert scores[allowed].mean() == pytest.approx(0, abs=1e-5)
    assert int(np.argmax(scores)) == 1


def test_a_rare_word_says_more_than_a_common_one(index: LexicalIndex) -> None:
    (rare,) = terms("consulat")
    assert index.rarity("zygomorphe") > index.rarity(rare) > 0


def test_an_index_of_entries_without_words_can_be_built() -> None:
    silent = ENTRIES[0].model_copy(update={"title": "…", "description": "", "body": (), "theme": ()})
    assert not lexical_scores(LexicalIndex.build(Terms.of([silent])), weights("passeport"), None).any()


def test_an_entry_holds_the_terms_of_any_of_its_fields(index: LexicalIndex) -> None:
    places = np.asarray([3, 0], np.int64)
    held = index.holds([*terms("timbres"), "zygomorphe"], places)
    scores = sum(index.scores(weights("timbres")).values())
    assert held[0].tolist() == [bool(scores[place]) for place in places]  # type: ignore[index]
    assert held[0].any()
    assert not held[1].any()


def test_weights_scale_what_a_term_brings(index: LexicalIndex) -> None:
    full, half = (index.scores({"passeport": weight})["title"] for weight in (1.0, 0.5))
    assert full.any()
    assert half == pytest.approx(full / 2, abs=1e-5)
