"""Questions for an administration, of the project's own making: what people write, and what the pages are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.entry import Entry
from core.yaml_text import load as load_yaml
from retrieval.calibration import synthetic_questions
from retrieval.evaluation import read_questions

# Under tests/evaluation: those that are there to learn from.
LABELLED = ("questions/service_public.jsonl", "questions/demonstration.jsonl", "passages/dev.jsonl", "languages/dev.jsonl")
SYNTHETIC = 600


def enquiries(entries: Sequence[Entry], questions: Path, examples: Path) -> list[str]:
    """From the files of ``questions``, the engine's ``examples`` of enquiries (a file of Rasa's), and made from ``entries``."""
    written = [question.question for name in LABELLED for question in read_questions(questions / name)]
    content = load_yaml(examples.read_text(encoding="utf-8"))["nlu"][0]["examples"]
    trained = [line.removeprefix("- ").strip() for line in content.splitlines() if line.startswith("- ")]
    return [*written, *trained, *(made.question for made in synthetic_questions(entries, SYNTHETIC))]
