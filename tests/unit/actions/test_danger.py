"""The second look at what the classifier takes for a danger: its arithmetic, its file, and what it learns from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from actions.danger.model import COMMITTED, LEAST, LEAST_OF_ALARM, SecondLook, read
from actions.danger.training import everyday, examples, fit, ordinary
from core.settings import ROOT
from retrieval.contracts import Vectors

CARE = ROOT / "tests" / "evaluation" / "care"
EXAMPLES = ROOT / "bot" / "data" / "nlu"


class _Letters:
    """Embeds by first letter: what is learnt is whether a message begins with a or b."""

    name, revision, dimension = "letters", "1", 2

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1.0, 0.0] if text.startswith("a") else [0.0, 1.0] for text in texts], dtype=np.float32)

    embed_passages = embed_queries


def test_it_learns_and_is_read_again(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    model = fit({"au secours": True, "aidez": True, "bail": False, "bonjour": False}, _Letters(), lambda *at: told.append(at))
    assert told == [(4, 4)]
    assert model.confirms("AU SECOURS", lambda text: _Letters().embed_queries([text])[0])
    assert not model.confirms("Bail", lambda text: _Letters().embed_queries([text])[0])
    model.save(tmp_path / "danger.npz")
    again = read(_Letters(), tmp_path / "danger.npz")
    assert again is not None
    assert again.margins(np.eye(2, dtype=np.float32)) == pytest.approx(model.margins(np.eye(2, dtype=np.float32)), abs=1e-3)


def test_weights_for_another_encoder_are_not_used() -> None:
    assert read(_Letters()) is None


def test_the_margin_falls_with_distance() -> None:
    model = SecondLook("e", np.array([[1.0, 0.0]], np.float32), np.array([1.0], np.float32), -0.5, 4.0)
    near, far = model.margins(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))
    assert near == pytest.approx(0.5)
    assert far < LEAST


def test_alarm_of_a_pattern_is_taken_back_only_far_from_every_danger() -> None:
    model = SecondLook("e", np.array([[1.0, 0.0]], np.float32), np.array([1.0], np.float32), LEAST_OF_ALARM - 0.1, 4.0)
    embed = _Letters().embed_queries
    assert model.confirms_alarm(["au feu", "bail"], embed), "one of the sentences is near"
    assert not model.confirms_alarm(["bail", "colis"], embed)


def test_everyday_messages_that_come_near_to_a_danger_teach_nothing() -> None:
    plain, near = "comment refaire ma carte grise", "mon voisin me menace"
    assert everyday([plain, near, "il y a le feu chez moi"], ["papiers à refaire", "porter plainte pour viol"]) == {
        plain: False,
        "papiers à refaire": False,
    }


def test_nothing_that_it_learns_from_is_measured() -> None:
    learnt = examples(EXAMPLES) | ordinary()
    assert sum(learnt.values()) > 300
    for name in ("held_out", "ordinary_held_out", "statements", "statements_held_out"):
        rows = map(json.loads, (CARE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
        assert not {row["text"].lower() for row in rows} & learnt.keys()
    assert COMMITTED.stat().st_size < 2_000_000
