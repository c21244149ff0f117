"""The share of a question's words that a sentence matches: the same words fully, words of near meaning partly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.passages.word_vectors import SentenceWords, WordVectors, matched, unmatched, word_vectors, write

WORDS = {"salair": 0, "trait": 1, "chien": 2}
VECTORS = np.asarray([[1, 0], [0.8, 0.6], [-1, 0]], np.float32)
KNOWN = WordVectors(WORDS, VECTORS, np.ones(3, np.float32), above=0.5)


def share(asked: str, own: str, above: str = "", title: str = "") -> float:
    """Returns the share of the words of ``asked``, all of weight 1, with .5 unmatched."""
    found = matched(dict.fromkeys(asked.split(), 1.0), title.split(), [SentenceWords(own.split(), above.split())], KNOWN)
    return round(float(found[0]) * (len(asked.split()) + 0.5), 3)


@pytest.mark.parametrize(
    ("asked", "own", "expected"),
    [
        ("salair", "salair", 1.0),
        ("salair", "trait chien", 0.8),
        ("salair", "chien", 0.0),  # the opposite counts as nothing
        ("salair", "", 0.0),
        ("smic", "smic trait", 1.0),  # without a vector
        ("smic", "salair", 0.0),
        ("salair smic", "trait smic", 1.8),
    ],
)
def test_matched_is_the_cosine_of_the_nearest_word(asked: str, own: str, expected: float) -> None:
    assert share(asked, own) == expected


def test_a_word_above_the_sentence_counts_less() -> None:
    assert share("salair", "chien", above="salair") == 0.5
    assert share("salair", "trait", above="salair") == 0.8


def test_a_word_of_the_title_loses_most_of_its_weight() -> None:
    asked, sentence = {"salair": 1.0, "chien": 1.0}, [SentenceWords(["salair"], [])]
    assert matched(asked, ["salair"], sentence, KNOWN)[0] == pytest.approx(0.2 / (0.2 + 1 + 0.5))


def test_nothing_asked_or_nothing_to_choose_from_gives_no_share() -> None:
    assert matched({}, [], [SentenceWords(["salair"], [])], KNOWN).tolist() == [0.0]
    assert matched({"salair": 1.0}, [], [], KNOWN).tolist() == []


@pytest.mark.parametrize(
    ("text", "asked", "expected"), [("salair", "trait", 0.2), ("salair smic", "salair", 1.0), ("smic", "", 1.0)]
)
def test_unmatched_is_the_share_of_words_to_which_no_word_asked_is_near(text: str, asked: str, expected: float) -> None:
    words = text.split()
    share = float(unmatched([words], asked.split(), KNOWN)[0])
    assert share * (len(words) + 0.5) - 0.5 == pytest.approx(expected)


def test_unmatched_of_an_empty_text_is_zero() -> None:
    assert unmatched([[], ["chien"]], ["salair"], KNOWN).tolist() == [0.0, 1.0]


def test_vectors_that_are_written_are_read_again(tmp_path: Path) -> None:
    write(KNOWN, tmp_path / "vectors.npz")
    again = word_vectors(tmp_path / "vectors.npz")
    assert (again.rows, again.above) == (WORDS, 0.5)
    assert np.allclose(again.vectors, VECTORS, atol=0.01)


def test_the_committed_vectors_know_what_citizens_call_things() -> None:
    known = word_vectors()
    assert len(known.rows) > 10_000
    assert np.allclose(np.linalg.norm(known.vectors, axis=1), 1, atol=1e-3)
