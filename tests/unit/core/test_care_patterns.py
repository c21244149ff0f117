"""Patterns as regular expressions: what several begin with is looked for once, and as much as may be is found."""

from __future__ import annotations

import pytest

from core.care import load_detector
from core.care.keys import SENTENCE_END, fold, words_of
from core.care.patterns import by_letter, compile_all


def test_compile_all_words_and_gaps_that_patterns_begin_with_stand_once() -> None:
    found = compile_all(["enfant <8> coups", "enfant <8> bleus", "enfant <8> seul $"], {}, by_letter)
    assert found is not None
    assert found.pattern.count("{0,8}") == 1
    assert all(found.search(text) for text in (" enfant a des coups ", " enfant avec bleus ", " enfant est seul "))
    assert not found.search(" enfant seul ici ")


def test_compile_all_pattern_that_goes_on_where_another_ends_is_found_whole() -> None:
    found = compile_all(["passeport de fils", "passeport de fils de <1> ans"], {}, by_letter)
    assert found is not None
    assert found.sub("", " passeport de fils de 9 ans volé ").strip() == "volé"
    assert found.search(" passeport de fils volé ")


@pytest.mark.parametrize("text", ["Je n'en peux plus. Existe-t-il un recours ?", "Il a trois enfants.\nSeuls à la maison ?"])
def test_a_pattern_stays_within_a_sentence(text: str) -> None:
    assert load_detector().detect(text) is None
    assert load_detector().detect(text.replace(". ", " ").replace(".\n", " ")) is not None


@pytest.mark.parametrize("text", ["... je veux en finir", "je veux en finir. 😢", "Je veux\n\n en finir !!"])
def test_ends_of_sentences_stand_neither_first_nor_last_nor_twice(text: str) -> None:
    folded = fold(text).split()
    assert SENTENCE_END not in (folded[0], folded[-1])
    assert f"{SENTENCE_END} {SENTENCE_END}" not in fold(text)
    assert words_of(fold(text)) == ["je", "veux", "en", "finir"]
