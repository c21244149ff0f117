"""The weights of a page's parts are learned from questions, and from none that is kept for measuring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson

from core.settings import ROOT
from retrieval.evaluation.questions import read_questions
from retrieval.passages.choice import VALUES, weights
from tools.training.passage_weights import Example, chosen, cross_validated, fit, write
from tools.training.questions import for_encoder, for_weights, questions

NEAR = VALUES.index("near")
KEPT_FOR_MEASURING = ROOT / "tests" / "evaluation" / "passages"


def example(entry: str, right: int) -> Example:
    """A page of three parts, of which the nearest answers."""
    values = np.zeros((3, len(VALUES)))
    values[right, NEAR] = 1.0
    return Example(entry, values, np.arange(3) == right)


FOUND = [example(f"F{number}", number % 3) for number in range(30)]


def test_what_marks_the_right_parts_gets_its_weight() -> None:
    fitted = fit(FOUND)
    assert fitted[NEAR] > 1
    assert not np.delete(fitted, NEAR).any()
    assert all(chosen(one, fitted) for one in FOUND)
    assert cross_validated(FOUND) == 1


def test_weights_stand_with_the_figures_that_they_gave(tmp_path: Path) -> None:
    figures = write(FOUND, tmp_path / "weights.json")
    content = orjson.loads((tmp_path / "weights.json").read_bytes())
    assert list(content["weights"]) == list(VALUES)
    assert content["figures"] == figures
    assert figures["pages"] == len(FOUND)
    assert not any(content["titles"].values())  # by titles alone nothing tells these parts apart
    assert figures["right by titles only, cross-validated by page"] < figures["right, cross-validated by page"]


def test_the_committed_weights_are_those_of_the_values() -> None:
    assert len(weights()) == len(weights("titles")) == len(VALUES)
    assert weights("titles") != weights()
    assert weights("titles")[NEAR] == 0


def test_no_page_that_is_kept_for_measuring_is_learned_from() -> None:
    learned = {question.entry for question in questions()}
    measured = {question.entry for path in KEPT_FOR_MEASURING.glob("*.jsonl") for question in read_questions(path)}
    assert len(learned) >= 700
    assert not learned & measured


def test_weights_are_fitted_on_pages_that_the_encoder_has_not_learned_from() -> None:
    asked = questions()
    encoders, weighed = ({question.entry for question in part(asked)} for part in (for_encoder, for_weights))
    assert not encoders & weighed
    assert encoders | weighed == {question.entry for question in asked}
    assert 0.15 < len(weighed) / len(encoders | weighed) < 0.25
