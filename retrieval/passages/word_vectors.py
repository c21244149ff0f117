"""The share of a question's words that a sentence matches by their meaning, with word vectors (ADR 0066).

The vectors are learned from questions and the sentences that answer them. Each word of the question is compared with the
nearest word of the sentence, as in ColBERT's late interaction (Khattab and Zaharia 2020), but a word has the same vector
everywhere: no model runs for it.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("word_vectors.npz")  # `./guichet train words`
TITLE_SHARE = 0.8  # of its weight a word loses if the title of the page holds it: all sentences of the page are about it
UNMATCHED = 0.5  # added to the sum of the weights: a question of common words tells little
type Floats = NDArray[np.float32]


class WordVectors(NamedTuple):
    """``rows`` of words (index terms) in ``vectors``, (words, dimension), of unit length, and their learned ``weights``,
    (words,). ``above``: the worth of a word in the headings and cases above a sentence, relative to one in the sentence.
    """

    rows: Mapping[str, int]
    vectors: Floats
    weights: Floats
    above: float


class SentenceWords(NamedTuple):
    """The index terms of a sentence, and of the headings and cases above it."""

    own: Collection[str]
    above: Collection[str]


@cache
def word_vectors(path: Path = FILE) -> WordVectors:
    """Reads the vectors. They are stored in 8 bits."""
    with np.load(path) as stored:
        words = stored["words"].tobytes().decode().split("\n")
        vectors = stored["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return WordVectors(
            {word: row for row, word in enumerate(words)}, vectors, stored["weights"].astype(np.float32), float(stored["above"])
        )


def write(known: WordVectors, path: Path) -> None:
    """Writes the vectors to ``path``, in 8 bits."""
    words = np.frombuffer("\n".join(known.rows).encode(), np.uint8)
    vectors = np.rint(known.vectors * 127).astype(np.int8)
    np.savez_compressed(path, words=words, vectors=vectors, weights=known.weights.astype(np.float16), above=known.above)


def matched(
    asked: Mapping[str, float], title: Collection[str], sentences: Sequence[SentenceWords], known: WordVectors
) -> Floats:
    """Returns, (sentences,), the share of the words ``asked`` (by weight) that each of ``sentences`` matches: 1 for the same
    words, less for words of near meaning, 0 for words of other meaning. ``title``: the terms of the page's title.
    """
    if not asked or not sentences:
        return np.zeros(len(sentences), np.float32)
    words = list(dict.fromkeys(word for one in (*sentences, SentenceWords(title, ())) for word in (*one.own, *one.above)))
    columns = {word: column for column, word in enumerate(words)}
    near = _nearness(list(asked), words, known)
    own = _best(near, [[columns[word] for word in one.own] for one in sentences])
    above = _best(near, [[columns[word] for word in one.above] for one in sentences])
    titled = _best(near, [[columns[word] for word in title]])[:, 0]
    weights = np.asarray([weight * _weight(word, known) for word, weight in asked.items()], np.float32)
    weights *= 1 - TITLE_SHARE * titled
    return np.asarray(weights @ np.maximum(own, known.above * above) / (weights.sum() + UNMATCHED), np.float32)


def unmatched(texts: Sequence[Collection[str]], asked: Collection[str], known: WordVectors) -> Floats:
    """Returns, (texts,), the share of the words of each of ``texts`` (by weight) to which no word ``asked`` is near: 1 for a
    text about something else, 0 for an empty one.
    """
    words = list(dict.fromkeys(word for text in texts for word in text))
    if not words:
        return np.zeros(len(texts), np.float32)
    near = _nearness(words, list(asked), known).max(axis=1, initial=0)
    rows = {word: row for row, word in enumerate(words)}
    weights = np.asarray([_weight(word, known) for word in words], np.float32)
    shares = []
    for text in texts:
        own = [rows[word] for word in set(text)]
        shares.append(1 - weights[own] @ near[own] / (weights[own].sum() + UNMATCHED) if own else 0.0)
    return np.asarray(shares, np.float32)


def _weight(word: str, known: WordVectors) -> float:
    row = known.rows.get(word)
    return 1.0 if row is None else float(known.weights[row])


def _nearness(asked: Sequence[str], words: Sequence[str], known: WordVectors) -> Floats:
    """Returns, (asked, words), the cosines of all pairs, 0 if negative. A word without a vector is near itself only."""
    near = np.zeros((len(asked), len(words)), np.float32)
    lines, rows = _with_vectors(asked, known)
    columns, others = _with_vectors(words, known)
    if lines and columns:
        near[np.ix_(lines, columns)] = np.maximum(known.vectors[rows] @ known.vectors[others].T, 0)
    places = {word: column for column, word in enumerate(words)}
    for line, word in enumerate(asked):
        if word in places:
            near[line, places[word]] = 1
    return near


def _with_vectors(words: Sequence[str], known: WordVectors) -> tuple[list[int], list[int]]:
    """Returns the places of those of ``words`` that have a vector, and the rows of these."""
    found = [(place, known.rows[word]) for place, word in enumerate(words) if word in known.rows]
    return [place for place, _ in found], [row for _, row in found]


def _best(near: Floats, sets: Sequence[Sequence[int]]) -> Floats:
    """Returns, (asked, sets), the largest value of each line of ``near`` in each set of columns; 0 for an empty set."""
    longest = max(map(len, sets), default=0) or 1
    none = near.shape[1]
    columns = np.full((len(sets), longest), none)
    for number, one in enumerate(sets):
        columns[number, : len(one)] = one
    padded = np.hstack([near, np.zeros((len(near), 1), np.float32)])
    return np.asarray(padded[:, columns].max(axis=2), np.float32)
