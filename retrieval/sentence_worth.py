"""Tells how much a sentence of a page says of what a question asks. Used where a part is too long to be shown whole."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.lexical.analysis import fold, terms
from retrieval.passage_choice import Asked

ASPECT_WORTH = 0.7  # of a sentence that says something of what is asked for in general: an amount, a time, a place


def sentence_worth(asked: Asked, sentences: Sequence[str]) -> list[float]:
    """Returns for each of ``sentences`` the share (0 to 1) of the question's words that it holds, by their rarity, and more
    where it speaks of the cost, time or place that is asked for.

    The words that ask for these ("montant", "délai") are left out: the sentence that answers says an amount, not the word.
    """
    content = asked.without_aspect_words()
    return [content.share(set(terms(sentence))) + ASPECT_WORTH * _aspects_in(asked, sentence) for sentence in sentences]


def _aspects_in(asked: Asked, sentence: str) -> float:
    """Returns the share of the general aspects asked for that ``sentence`` speaks of."""
    general = [aspect.text for aspect in asked.aspects if aspect.text]
    if not general:
        return 0.0
    folded = fold(sentence)
    return sum(pattern.search(folded) is not None for pattern in general) / len(general)
