"""Decides whether a message continues the question before it, by the searches for it alone and for both (ADR 0069)."""

from __future__ import annotations

from functools import cache
from math import exp
from pathlib import Path
from typing import NamedTuple

import orjson

from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from retrieval.contracts import RetrievalResult
from retrieval.terms.analysis import terms

WEIGHTS = Path(__file__).with_name("follow_up_classifier.json")
# The likelihood from which a message is a question of its own. Below one half, since to keep a subject that was left misleads
# more than to lose one (ADR 0069).
LEAST = 0.45
_COMPARED = 3  # pages of each result
_MOST_FRESH = 8  # terms


class ContextFeatures(NamedTuple):
    """What tells a message that stands alone from one that continues the question before it.

    ``alone``, ``both``: the confidence of the search for the message, and for it together with the question before (0 to 1).
    ``shared``: the share of the first three pages that both searches find.
    ``fresh``: the number of the message's terms that are not in the question before, at most 8.
    ``begins``: it begins with a word such as "et" (0 or 1).
    """

    alone: float
    both: float
    shared: float
    fresh: float
    begins: float


class Fitted(NamedTuple):
    """The log-odds that a message stands alone: ``intercept``, and the weight of each of the ``ContextFeatures``.

    ``./guichet train follow-ups`` fits the logistic regression, and writes its figures next to it.
    """

    weights: tuple[float, ...]
    intercept: float

    @classmethod
    @cache
    def read(cls) -> Fitted:
        """Returns the weights in use."""
        found = orjson.loads(WEIGHTS.read_bytes())
        return cls(tuple(found["weights"][name] for name in ContextFeatures._fields), found["intercept"])


def in_context(text: str, question: str) -> str:
    """Returns the query for ``text`` after ``question``. The message stands twice: its own words count more, and the first
    ones most.
    """
    return f"{text} {question} {text}"


def context_features(text: str, question: str, alone: RetrievalResult, both: RetrievalResult) -> ContextFeatures:
    """Returns the features of ``text`` after ``question``; ``both`` is the result for ``in_context(text, question)``."""
    first, second = ({hit.entry_id for hit in (one.hits or one.rejected)[:_COMPARED]} for one in (alone, both))
    return ContextFeatures(
        alone=alone.confidence,
        both=both.confidence,
        shared=len(first & second) / _COMPARED,
        fresh=min(len(set(terms(text)) - set(terms(question))), _MOST_FRESH),
        begins=pattern("begins").match(plain(text)) is not None,
    )


def stands_alone(features: ContextFeatures) -> bool:
    """Decides whether a message with ``features`` is a question of its own, rather than one that continues."""
    return likelihood(features) >= LEAST


def likelihood(features: ContextFeatures) -> float:
    """Returns the probability (0 to 1) that a message with ``features`` is a question of its own."""
    fitted = Fitted.read()
    total = fitted.intercept + sum(weight * float(value) for weight, value in zip(fitted.weights, features, strict=True))
    return 1 / (1 + exp(-total))
