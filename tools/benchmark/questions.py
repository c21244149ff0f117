"""The questions that a system is asked, with the data to judge its answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from retrieval.evaluation.questions import read_parallel
from tools.evaluation.first_reply.files import FOLDER, GradedQuestion, read_graded_questions

STANDARD = "standard"  # the way of writing against which the others are held
SETS = ("dev", "messages", "held_out")


def graded(name: str, limit: int) -> list[GradedQuestion]:
    """Returns the questions of the set ``name``, the first ``limit`` of them if that is not 0. Raises ``Refusal``."""
    asked = read_graded_questions(*(FOLDER / f"{name}_{kind}.jsonl" for kind in ("questions", "grades", "facts")))
    return asked[: limit or None]


def by_way(limit: int) -> dict[str, list[GradedQuestion]]:
    """Returns the same questions by way of writing, ``STANDARD`` first; grades and facts are those of the set ``dev``."""
    judged = {one.id: one for one in graded("dev", 0)}
    found: dict[str, list[GradedQuestion]] = {}
    for line in read_parallel()[: limit or None]:
        of = judged[line.id]
        for way, message in line.ways.items():
            found.setdefault(way, []).append(GradedQuestion(f"{line.id}/{way}", message, of.grades, of.best, of.must))
    return found


def all_of(parts: dict[str, list[GradedQuestion]]) -> Sequence[GradedQuestion]:
    """Returns the questions of all ``parts``, in order."""
    return [question for part in parts.values() for question in part]


def digest(asked: Sequence[GradedQuestion]) -> str:
    """Returns a digest of the questions with their grades and facts: figures of two runs compare only where it is the same."""
    content = [(one.id, one.message, sorted(one.grades.items()), one.must) for one in asked]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
