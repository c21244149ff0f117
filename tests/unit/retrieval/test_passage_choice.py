"""The passage that answers."""

from __future__ import annotations

import pytest

from retrieval.lexical.analysis import terms
from retrieval.passage_choice import choose_passage, passage_terms
from tests.unit.retrieval.samples import IDENTITY


@pytest.mark.parametrize(
    ("query", "nearest", "passage"),
    [
        ("combien coûte une nouvelle carte d'identité", 0, 3),
        ("carte d'identité perdue à l'étranger", 0, 2),
        ("déclarer au commissariat la perte de ma carte", 0, 1),
        ("carte d'identité", 0, 0),
        ("carte d'identité", 3, 3),
        ("ma carte a disparu hier soir", 3, 3),
        ("ma carte a disparu hier soir", 0, 0),
    ],
)
def test_words_choose_and_the_nearest_section_settles_the_rest(query: str, nearest: int, passage: int) -> None:
    found = passage_terms(IDENTITY)
    assert choose_passage(terms(query), terms(IDENTITY.title), found, nearest, lambda _term: 1.0) == passage


def test_an_entry_without_passages_has_passage_0() -> None:
    assert choose_passage(["x"], [], (), 0, lambda _term: 1.0) == 0
