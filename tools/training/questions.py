"""The questions that encoder and weights are taught by: what people could ask, and the part of a page that answers.

No set that is kept for measuring is among them, nor any page of one. The encoder learns from four pages in five, the weights
from the fifth: on pages that the encoder has learned from, it is surer than on any other.
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
    """Returns those of the pages that the encoder learns from."""
    apart = _apart(asked)
    return [question for question in asked if question.entry not in apart]


def for_weights(asked: Sequence[Question]) -> list[Question]:
    """Returns those of the pages that the weights are fitted on."""
    apart = _apart(asked)
    return [question for question in asked if question.entry in apart]


def _apart(asked: Sequence[Question]) -> frozenset[str]:
    return frozenset(sorted({question.entry for question in asked})[::_ONE_IN])
