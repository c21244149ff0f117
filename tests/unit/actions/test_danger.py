"""The second look at what the classifier takes for a danger: its arithmetic, its file, and what it learns from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions.danger.model import COMMITTED, LEAST, LEAST_OF_ALARM, SENTENCES, SecondLook, read
from actions.danger.router import router
from core.care import Care, SentencesToJudge, sentences_of
from core.settings import ROOT
from retrieval.contracts import Vectors
from tools.training.danger import fitting as training
from tools.training.danger.fitting import everyday, examples, fit, ordinary, save, sentences

CARE = ROOT / "tests" / "evaluation" / "care"
EXAMPLES = ROOT / "bot" / "data" / "nlu"
APART = ("held_out", "ordinary_held_out", "statements", "statements_held_out", "told_and_said_held_out")


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
    save(model, tmp_path / "danger.npz")
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


_KNOWN = np.array([[1.0, 0.0]], np.float32)
_ONE = np.array([1.0], np.float32)


def test_judge_alarm_of_a_pattern_is_taken_back_only_far_from_every_danger() -> None:
    model = SecondLook("e", _KNOWN, _ONE, LEAST_OF_ALARM - 0.1, 4.0, ("fire",))
    embed = _Letters().embed_queries
    assert model.judge(SentencesToJudge(("au feu", "bail"), ()), embed).confirmed, "one of the sentences is near"
    assert not model.judge(SentencesToJudge(("bail", "colis"), ("au feu",)), embed).confirmed, "it raised no alarm"


def test_judge_a_danger_told_in_one_sentence_is_heard_by_its_kind() -> None:
    vectors, weights = np.eye(2, dtype=np.float32), np.array([1.0, -1.0], np.float32)
    model = SecondLook("e", vectors, weights, 0.0, 4.0, ("fire", ""))
    embed = _Letters().embed_queries
    assert model.judge(SentencesToJudge((), ("bail", "au feu")), embed).kinds == (Care.FIRE,)
    assert model.judge(SentencesToJudge((), ("bail", "colis")), embed).kinds == ()


def test_judge_among_many_sentences_one_must_be_nearer() -> None:
    vectors, weights = np.eye(2, dtype=np.float32), np.array([1.0, -0.9], np.float32)
    model = SecondLook("e", vectors, weights, -0.6, 4.0, ("fire", ""))
    embed = _Letters().embed_queries
    assert model.judge(SentencesToJudge((), ("bail", "au feu")), embed).kinds == (Care.FIRE,)
    assert model.judge(SentencesToJudge((), ("au feu", *["bail"] * 20)), embed).kinds == ()


@pytest.mark.parametrize(
    ("nearest", "next_to_it", "kinds"),
    [
        ("child", "violence", (Care.CHILD, Care.VIOLENCE)),
        ("suicide", "violence", (Care.SUICIDE, Care.VIOLENCE)),
        ("violence", "suicide", (Care.VIOLENCE,)),
    ],
)
def test_judge_two_kinds_about_as_near_are_both_told_but_no_line_against_suicide_for_violence(
    nearest: str, next_to_it: str, kinds: tuple[Care, ...]
) -> None:
    beside = [[1.0, 0.0], [np.cos(0.1), np.sin(0.1)]]
    model = SecondLook("e", np.array(beside, np.float32), np.array([1.0, 1.0], np.float32), 0.0, 4.0, (nearest, next_to_it))
    assert model.judge(SentencesToJudge((), ("au secours",)), _Letters().embed_queries).kinds == kinds


@pytest.mark.parametrize(
    ("bias", "pattern", "sure"), [(-1.2, False, False), (-1.2, True, True), (-1.0, False, True), (-1.4, True, False)]
)
def test_judge_a_message_far_from_most_dangers_is_not_sure_unless_a_pattern_matches(
    bias: float, pattern: bool, sure: bool
) -> None:
    model = SecondLook("e", _KNOWN, _ONE, bias, 4.0, ("fire",))
    said = ("au feu",)
    asked = SentencesToJudge(said, ()) if pattern else SentencesToJudge((), said)
    assert model.judge(asked, _Letters().embed_queries).sure == sure


def test_router_answers_what_the_sentences_mean_and_leaves_the_patterns_word_without_a_model() -> None:
    model = SecondLook("e", _KNOWN, _ONE, -0.7, 4.0, ("fire",))
    unjudged = {"confirmed": True, "kinds": [], "sure": True}
    for known, expected in ((model, {"confirmed": False, "kinds": ["fire"], "sure": True}), (None, unjudged)):
        app = FastAPI()
        app.include_router(router(known, _Letters()))
        client = TestClient(app)
        assert client.post("/danger", json={"alarmed": ["bail"], "others": ["au feu"]}).json() == expected
        assert client.post("/danger", json={"alarmed": [], "others": []}).json() == unjudged
        assert client.post("/danger", json={"alarmed": ["a"] * 25, "others": []}).status_code == 422


def test_everyday_messages_that_come_near_to_a_danger_teach_nothing() -> None:
    plain, near = "comment refaire ma carte grise", "mon voisin me menace"
    assert everyday([plain, near, "il y a le feu chez moi"], ["papiers à refaire", "porter plainte pour viol"]) == {
        plain: False,
        "papiers à refaire": False,
    }


def test_sentences_learn_from_plain_ones_of_messages_and_from_all_of_harmless_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_HARDEST", 100_000)
    first = SecondLook("e", _KNOWN, _ONE, 0.0, 4.0)
    said = ["Mon bail finit en mai. Comment faire ?", "Je déménage. Mon mari me frappe."]
    found = sentences(said, ["Ce dossier me tue. Que faire ?"], EXAMPLES, first, _Letters(), lambda *_: None)
    assert {"mon bail finit en mai.": "", "ce dossier me tue.": "", "que faire ?": ""}.items() <= found.items()
    assert not {"je déménage.", "mon mari me frappe."} & found.keys(), "nothing is learnt from a message with an alarm"
    assert found["je veux mourir"] == "suicide"
    assert set(found.values()) == {"", *Care}


def test_nothing_that_it_learns_from_is_measured() -> None:
    first = SecondLook("e", _KNOWN, _ONE, 0.0, 4.0)
    learnt = (
        examples(EXAMPLES).keys() | ordinary().keys() | sentences((), (), EXAMPLES, first, _Letters(), lambda *_: None).keys()
    )
    assert sum(examples(EXAMPLES).values()) > 300
    apart = [row for name in APART for row in _texts(name)]
    long = _texts("long_dangers")[::2] + _texts("long_everyday")[::2]
    apart += [one for text in long for one in sentences_of(text) if not one.endswith("?")]  # "c'est légal ?" is asked of all
    assert not {text.lower() for text in apart} & learnt
    assert COMMITTED.stat().st_size + SENTENCES.stat().st_size < 4_500_000


def _texts(name: str) -> list[str]:
    return [json.loads(line)["text"] for line in (CARE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
