"""What is no question for an administration: the model's arithmetic, and the messages that it learns from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.settings import ROOT
from retrieval.decision.courtesy import bare
from retrieval.decision.scope import CLASSES, COMMITTED, ScopeModel, features, read
from retrieval.evaluation import read_questions
from retrieval.query.query import Query
from tools.training.scope.fitting import fragments, outside

NEAR, SHORT = 0.6, 6
MEASURED = ROOT / "tests" / "evaluation" / "questions" / "out_of_scope.jsonl"
MODEL = ScopeModel(encoder="e@1", coefficients=[[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]], intercepts=[2.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("values", "scope"), [((0.0, 0.0), "enquiry"), ((1.0, 0.0), "fragment"), ((0.0, 1.0), "outside"), ((0.3, 0.3), "enquiry")]
)
def test_another_class_needs_to_be_likely(values: tuple[float, float], scope: str) -> None:
    found = MODEL.probabilities(np.asarray(values, np.float32))
    assert sum(found.values()) == pytest.approx(1.0)
    assert MODEL.judge(np.asarray(values, np.float32)) == scope


def test_rarities_are_told_as_shares() -> None:
    vector = np.zeros(3, np.float32)
    small = features(Query("a b", ["a", "b"]), vector, {"a": 1.0, "b": 2.0, " ": 4.0}.__getitem__)
    large = features(Query("a b", ["a", "b"]), vector, {"a": 2.0, "b": 4.0, " ": 8.0}.__getitem__)
    assert small.tolist() == large.tolist()
    assert features(Query("?", []), vector, lambda _: 1.0)[3:].tolist() == pytest.approx([0.0, 0.0, 0.0, np.log(2) / 4])


def test_the_weights_hold_for_their_encoder_only(tmp_path: Path) -> None:
    own = tmp_path / "scope.json"
    own.write_text(MODEL.model_dump_json(), encoding="utf-8")
    assert read("e@1", own, COMMITTED) == MODEL
    assert read("e@2", own, tmp_path / "absent.json") is None
    committed = ScopeModel.model_validate_json(COMMITTED.read_bytes())
    assert read(committed.encoder, own, COMMITTED) == committed
    assert len(committed.coefficients) == len(committed.intercepts) == len(CLASSES)


def test_nothing_to_learn_from_is_nearly_what_is_measured() -> None:
    learned = [_triples(text) for text in (*outside(), *fragments())]
    assert len(learned) == len(set(learned))
    near = [
        question.question
        for question in read_questions(MEASURED)
        if len(groups := _triples(question.question)) > SHORT
        and any(len(groups & other) / len(groups | other) > NEAR for other in learned)
    ]
    assert near == []


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("bonjour je veux divorcer comment faire", "je veux divorcer"),
        ("Bonsoir Madame, ma carte est perdue. Que dois-je faire ? Merci d'avance, cordialement", "ma carte est perdue"),
        ("comment faire un passeport", "comment faire un passeport"),
        ("coucou ça va ?", "ça va ?"),
        ("bonjour", "bonjour"),
        ("que faire ?", "que faire ?"),
        ("bonjour mariage", "bonjour mariage"),
    ],
)
def test_what_is_said_around_a_question_is_taken_off(message: str, left: str) -> None:
    assert bare(message) == left


def _triples(text: str) -> frozenset[str]:
    letters = "".join(character for character in text.lower() if character.isalnum())
    return frozenset(letters[at : at + 3] for at in range(max(1, len(letters) - 2)))
