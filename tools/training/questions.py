"""The training questions of encoder and weights: possible questions of citizens, and the part of a page that answers.

They include no held-out set, nor a page of one. The encoder learns from four pages in five, the weights from the fifth, because
the encoder is surer on pages that it has learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from retrieval.evaluation.questions import Question, read_questions

DATA = Path(__file__).with_name("passages")
_ONE_IN = 5


def questions() -> list[Question]:
    return [question for path in sorted(DATA.glob("*.jsonl")) for question in read_questions(path)]


def for_encoder(asked: Sequence[Question]) -> list[Question]:
    """Returns the questions on pages that the encoder learns from."""
    apart = _apart(asked)
    return [question for question in asked if question.entry not in apart]


def for_weights(asked: Sequence[Question]) -> list[Question]:
    """Returns the questions on pages that the weights are fitted on."""
    apart = _apart(asked)
    return [question for question in asked if question.entry in apart]


def _apart(asked: Sequence[Question]) -> frozenset[str]:
    return frozenset(sorted({question.entry for question in asked})[::_ONE_IN])
