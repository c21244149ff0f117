"""What makes a message hang on to the page talked about is learned from dialogues and from first messages."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from actions.messages.follow_up_classifier import Fitted, FollowUpFeatures
from core.entry import Entry, Link
from tools.evaluation.dialogues import Dialogue, after_answers
from tools.training.follow_ups import Example, Said, cross_validated, firsts, fit, right, write

NONE = FollowUpFeatures(*[0.0] * len(FollowUpFeatures._fields))
PAGES = [
    Entry(id="F1", collection="test", title="Carte", theme=("Papiers",), related=(Link(title="Perte", entry="F2"),)),
    Entry(id="F2", collection="test", title="Perte", theme=("Papiers",)),
    Entry(id="F3", collection="test", title="Passeport", theme=("Papiers",)),
    Entry(id="F4", collection="test", title="Crèche", theme=("Famille",)),
]


def example(is_follow_up: bool, number: int) -> Example:
    """A follow-up begins as another case does; half of the rest are changes, half are first messages."""
    source = f"d{number}" if is_follow_up or number % 2 else "theme"
    return Example(f"message {number}", NONE._replace(turns=float(is_follow_up), terms=3.0), is_follow_up, source)


FOUND = [example(number % 3 == 0, number) for number in range(120)]


def test_first_messages_stand_after_pages_that_they_are_not_about() -> None:
    found = firsts([("ma carte", ("F1",)), ("quoi", ())], PAGES)
    assert [(one.text, one.is_follow_up, one.source) for one in found] == [
        ("ma carte", False, "theme"),
        ("ma carte", False, "other"),
    ]
    assert found[0].after == "F3"  # of the theme; not the page itself, and not one beside it
    assert found[1].after in ("F3", "F4")


def test_what_marks_a_follow_up_gets_its_weight() -> None:
    weights, intercept = fit(FOUND)
    told = dict(zip(FollowUpFeatures._fields, weights, strict=True))
    assert max(told, key=told.__getitem__) == "turns"
    assert set(right(FOUND, weights, intercept).values()) == set(cross_validated(FOUND).values()) == {1.0}
    assert set(right(FOUND, weights, intercept)) == {"follow-ups", "changes", "first messages, same theme"}


def test_weights_stand_with_their_figures(tmp_path: Path) -> None:
    figures = write(FOUND, tmp_path / "weights.json")
    content = orjson.loads((tmp_path / "weights.json").read_bytes())
    assert tuple(content["weights"]) == FollowUpFeatures._fields
    assert content["figures"] == figures
    assert figures["messages"] == len(FOUND)


def test_the_committed_weights_are_those_of_the_signs() -> None:
    assert len(Fitted.read().weights) == len(FollowUpFeatures._fields)
    assert Fitted.read().weights[FollowUpFeatures._fields.index("turns")] > 0


@pytest.mark.parametrize("second", ["follow_up", "change"])
def test_turns_after_an_answer_are_told_with_its_page(second: str) -> None:
    turns = [
        {"say": "ma carte", "entry": "F1"},
        {"say": "combien ?", "kind": second},
        {"press": "En France", "kind": "follow_up", "entry": "F1"},
        {"say": "où ?", "kind": "follow_up"},
    ]
    found = after_answers(Dialogue.model_validate({"id": "d1", "turns": turns}))
    assert found == [("combien ?", "F1", second == "follow_up", "d1"), ("où ?", "F1", True, "d1")]
    assert Said(*found[0]).source == "d1"
