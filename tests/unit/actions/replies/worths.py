"""What sentences are worth in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.replies.extract import Worth
from retrieval.contracts import PageSentence


def nothing(sentences: Sequence[PageSentence]) -> list[float]:
    """Nothing is asked."""
    return [float(one.begins) for one in sentences]


def valued(values: Mapping[str, float]) -> Worth:
    """A sentence is worth the sum of the ``values`` of the words that it has."""
    return lambda sentences: [sum(value for word, value in values.items() if word in one.text) for one in sentences]


def holding(*words: str) -> Worth:
    """A sentence is worth 4 for each of ``words`` that it has, and 1 more if it begins its part."""

    def worth(sentences: Sequence[PageSentence]) -> list[float]:
        return [4.0 * sum(word in one.text for word in words) + one.begins for one in sentences]

    return worth
