"""What sentences are worth in tests."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.extract import Worth


def nothing(sentences: Sequence[str]) -> list[float]:
    """Nothing is asked."""
    return [0.0] * len(sentences)


def holding(*words: str) -> Worth:
    """A sentence is worth as many as it has of ``words``."""

    def worth(sentences: Sequence[str]) -> list[float]:
        return [float(sum(word in sentence for word in words)) for sentence in sentences]

    return worth
