"""Fitting the follow-up classifier from dialogues whose messages also stand as questions of their own."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from actions.messages.follow_up_classifier import ContextFeatures, Fitted, in_context
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import LOST_CARD, UNDATED, FakeKnowledge, hit
from tools.training.follow_ups import (
    Dialogue,
    Example,
    Said,
    examples,
    figures,
    first_messages,
    fit,
    later_messages,
    read_dialogues,
    write,
)

TURNS = [
    ("carte perdue", "first", "Que faire après la perte de ma carte ?"),
    ("combien", "follow", "Combien coûte une carte perdue ?"),
    ("merci", "talk", ""),
    ("et le passeport", "new", "Comment demander un passeport ?"),
    ("c'est long ?", "follow", "En combien de temps a-t-on un passeport ?"),
]
DIALOGUE = Dialogue.model_validate(
    {"id": "d1", "turns": [{"text": text, "kind": kind, "alone": alone} for text, kind, alone in TURNS]}
)


class Knowledge(FakeKnowledge):
    """Finds the lost card for a query that names it, else the passport."""

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        page = LOST_CARD if "carte" in query else UNDATED
        return RetrievalResult(hits=(hit(page, 1.0),), confidence=0.9, decision="answered")


def example(*, alone_is_better: bool, number: int) -> Example:
    features = ContextFeatures(0.9 if alone_is_better else 0.1, 0.5, 0.0, 3, begins=False)
    return Example(features, float(alone_is_better), float(not alone_is_better), number)


FOUND = [example(alone_is_better=number % 3 == 0, number=number) for number in range(120)]


def test_later_messages_follow_the_question_that_began_their_subject() -> None:
    assert [(one.text, one.before) for one in later_messages([DIALOGUE])] == [
        ("combien", "carte perdue"),
        ("et le passeport", "combien carte perdue"),
        ("c'est long ?", "et le passeport"),
    ]


def test_first_messages_follow_the_question_of_another_dialogue() -> None:
    other = DIALOGUE.model_copy(update={"id": "d2", "turns": DIALOGUE.turns[3:]})
    assert [(one.text, one.before) for one in first_messages([DIALOGUE, other])] == [
        ("carte perdue", "et le passeport"),
        ("et le passeport", "carte perdue"),
    ]


def test_examples_are_worth_what_they_find_of_the_wanted_page() -> None:
    said = [Said("combien", "carte perdue", "prix d'une carte perdue", 0)]
    (one,) = examples(said, Knowledge(), None, lambda _done, _all: None)
    assert in_context("combien", "carte perdue") == "combien carte perdue combien"
    assert (one.alone, one.both) == (0.0, 1.0)


def test_fit_gives_weight_to_what_tells_a_question_of_its_own() -> None:
    weights, intercept = fit(FOUND)
    assert max(zip(weights, ContextFeatures._fields, strict=True))[1] == "alone"
    assert intercept < 0
    assert figures(FOUND) == {
        "alone": pytest.approx(1 / 3, abs=0.001),
        "both": pytest.approx(2 / 3, abs=0.001),
        "chosen, cross-validated": 1.0,
        "best": 1.0,
        "taken for questions of their own": pytest.approx(1 / 3, abs=0.001),
    }


def test_write_stores_the_weights_with_their_figures(tmp_path: Path) -> None:
    told = write(FOUND, tmp_path / "weights.json")
    content = orjson.loads((tmp_path / "weights.json").read_bytes())
    assert tuple(content["weights"]) == ContextFeatures._fields
    assert content["figures"] == told
    assert told["messages"] == len(FOUND)


def test_committed_weights_are_those_of_the_features() -> None:
    assert len(Fitted.read().weights) == len(ContextFeatures._fields)


def test_committed_dialogues_can_be_read() -> None:
    dialogues = read_dialogues()
    assert len({one.id for one in dialogues}) == len(dialogues) > 200
    assert all(turn.alone or turn.kind == "talk" for one in dialogues for turn in one.turns)
