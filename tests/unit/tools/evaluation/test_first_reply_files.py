"""Files of questions, grades and facts: read together, or refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.language import Refusal
from tools.evaluation.first_reply.files import read_graded_questions

QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "question": "un\n passeport ?", "gold": ["F1"]},
    {"id": "b", "question": "et le vol ?"},
]
GRADES: list[dict[str, Any]] = [
    {"id": "b", "grades": {"F1": 0}},
    {"id": "a", "grades": {"F1": 2, "F2": 3}, "best": None, "answerable": True},
]
FACTS: list[dict[str, Any]] = [{"id": "a", "must": [["86 €", "86 euros"]], "page": "F2", "quote": "86 €"}]


def written(folder: Path, name: str, rows: list[Any]) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_files_that_match_give_questions_in_their_order(tmp_path: Path) -> None:
    paths = [written(tmp_path, name, rows) for name, rows in (("q", QUESTIONS), ("g", GRADES), ("f", FACTS))]
    first, second = read_graded_questions(*paths)
    assert (first.id, first.message, first.best, first.must) == ("a", "un passeport ?", "F2", (("86 €", "86 euros"),))
    assert (second.id, second.best, second.must) == ("b", "", ())


def test_files_whose_grades_name_the_best_page_keep_it(tmp_path: Path) -> None:
    grades = [GRADES[0], {**GRADES[1], "best": "F1"}]
    paths = written(tmp_path, "q", QUESTIONS), written(tmp_path, "g", grades)
    assert read_graded_questions(*paths, None)[0].best == "F1"


@pytest.mark.parametrize(
    ("questions", "grades", "facts", "named"),
    [
        (QUESTIONS, GRADES[:1], FACTS, "q.jsonl"),
        (QUESTIONS[:1], GRADES, FACTS, "g.jsonl"),
        (QUESTIONS, GRADES, [{"id": "c", "must": []}], "f.jsonl"),
        (QUESTIONS, [*GRADES, GRADES[0]], FACTS, "g.jsonl"),
        (QUESTIONS, [{"id": "a", "grades": {"F1": 4}}], FACTS, "g.jsonl"),
        (QUESTIONS, GRADES, [{"id": "a", "must": "86 €"}], "f.jsonl"),
        ([{"id": "a"}], GRADES, FACTS, "q.jsonl"),
        ([], GRADES, FACTS, "q.jsonl"),
        (["a"], GRADES, FACTS, "q.jsonl"),
    ],
)
def test_files_that_do_not_match_or_cannot_be_read_are_refused_by_name(
    tmp_path: Path, questions: list[Any], grades: list[Any], facts: list[Any], named: str
) -> None:
    paths = [written(tmp_path, name, rows) for name, rows in (("q", questions), ("g", grades), ("f", facts))]
    with pytest.raises(Refusal, match=named.replace(".", r"\.")):
        read_graded_questions(*paths)


def test_files_that_are_absent_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"nothing\.jsonl"):
        read_graded_questions(tmp_path / "nothing.jsonl", tmp_path / "g.jsonl", None)
