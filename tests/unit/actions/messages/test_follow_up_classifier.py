"""Whether a message continues the question before it: features, and what speaks for a question of its own."""

from __future__ import annotations

import pytest

from actions.messages.follow_up_classifier import (
    LEAST,
    ContextFeatures,
    context_features,
    in_context,
    likelihood,
    stands_alone,
)
from retrieval.contracts import Hit, RetrievalResult

MOVE = "la prime de déménagement, que faire"


def found(confidence: float, *pages: str) -> RetrievalResult:
    hits = tuple(Hit(entry_id=page, collection="test", version=1, title=page, score=1.0) for page in pages)
    return RetrievalResult(hits=hits, confidence=confidence, decision="choices")


def test_context_features_of_a_message_compare_both_results() -> None:
    alone, both = found(0.3, "F1", "F2", "F3", "F4"), found(0.7, "F4", "F3", "F5")
    features = context_features("et la facture du camion ?", MOVE, alone, both)
    assert features == ContextFeatures(alone=0.3, both=0.7, shared=1 / 3, fresh=2, begins=True)


def test_context_features_of_a_message_without_result_are_zero() -> None:
    features = context_features("que faire", MOVE, RetrievalResult(), RetrievalResult())
    assert features == ContextFeatures(0.0, 0.0, 0.0, 0, False)


@pytest.mark.parametrize(("alone", "both", "expected"), [(0.95, 0.6, True), (0.1, 0.8, False), (0.4, 0.9, False)])
def test_stands_alone_if_the_message_finds_its_page_by_itself(alone: float, both: float, *, expected: bool) -> None:
    features = ContextFeatures(alone, both, shared=0.0, fresh=4, begins=False)
    assert stands_alone(features) is expected
    assert (likelihood(features) >= LEAST) is expected


def test_in_context_says_the_message_before_and_after_the_question() -> None:
    assert in_context("combien", MOVE) == f"combien {MOVE} combien"
