"""Dialogues: what a file may hold, and how turns are judged and counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.evaluation.dialogues import Dialogue, figures, judge, read_dialogues

FOLDER = Path(__file__).resolve().parents[3] / "evaluation" / "dialogues"


def reply(entry: str = "", outcome: str = "answered", text: str = "") -> dict[str, Any]:
    return {"entry": entry, "outcome": outcome, "text": text}


def dialogue(*turns: dict[str, Any]) -> Dialogue:
    return Dialogue.model_validate({"id": "x", "turns": turns})


@pytest.mark.parametrize(
    ("expected", "got", "wrong"),
    [
        ({"entry": "F1"}, reply("F1"), []),
        ({"entry": ["F1", "F2"]}, reply("F3"), ["entry F3"]),
        ({"outcome": "guided"}, reply("F1"), ["outcome answered"]),
        ({"text": ["coût"]}, reply("F1", text="Le COUT est nul"), []),
        ({"text": ["coût|prix"]}, reply("F1", text="gratuit"), ["text without coût|prix"]),
        ({"text": ["coût"]}, reply("F1", "guided", "Où ?"), []),
        ({"text": ["coût"], "outcome": "guided"}, reply("F1", "guided", "Où ?"), ["text without coût"]),
    ],
)
def test_a_turn_is_judged_by_all_that_is_expected(expected: dict[str, Any], got: dict[str, Any], wrong: list[str]) -> None:
    (turn,) = judge(dialogue({"say": "question", **expected}), [got])
    assert list(turn.wrong) == wrong


@pytest.mark.parametrize(
    ("second", "noticed"),
    [(reply("F1"), False), (reply("F2"), True), (reply("", "choices"), True), (reply("F3"), False)],
)
def test_a_change_leaves_the_entry_of_the_turn_before(second: dict[str, Any], *, noticed: bool) -> None:
    told = dialogue({"say": "a"}, {"say": "b", "kind": "change", "entry": ["F1", "F2"]})
    assert (not judge(told, [reply("F1"), second])[1].wrong) is noticed


def test_figures_by_kind() -> None:
    told = dialogue({"say": "a"}, {"say": "b", "kind": "follow_up", "entry": "F1"}, {"say": "c", "kind": "change"})
    counted = figures(judge(told, [reply("F1"), reply("F2"), reply("F3")]))
    assert (counted["turns"], counted["follow_ups_right"], counted["changes_right"], counted["dialogues_right"]) == (3, 0, 1, 0)


@pytest.mark.parametrize(
    "content",
    ["", "dialogues: []", "dialogues: [{id: a, turns: []}]", "dialogues: [{id: a, turns: [{}]}]", "dialogues: [{", "[1]"],
)
def test_a_file_that_is_wrong_is_refused_with_a_reason(tmp_path: Path, content: str) -> None:
    path = tmp_path / "d.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"d\.yml"):
        read_dialogues(path)


def test_our_own_dialogues() -> None:
    halves = {name: read_dialogues(FOLDER / f"{name}.yml") for name in ("dev", "sealed")}
    for dialogues in halves.values():
        assert len({one.id for one in dialogues}) == len(dialogues) >= 42
        changing = [one for one in dialogues if any(turn.kind == "change" for turn in one.turns)]
        assert len(changing) * 3 >= len(dialogues)
        assert all(2 <= len(one.turns) <= 3 for one in dialogues)
