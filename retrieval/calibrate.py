"""Calibrates the confidence of the active snapshot's stage, and writes the file that is committed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from core.entry import Entry
from core.settings import Settings
from retrieval.calibration import Sample, fit, sample, synthetic_questions
from retrieval.confidence import COMMITTED, FEATURES, Calibration, Logistic
from retrieval.embedding.model import load_embedder
from retrieval.engine import Engine
from retrieval.evaluation import Question, read_questions
from retrieval.pipeline import snapshots_folder
from retrieval.snapshots import SnapshotUnusable

FILES = ("demonstration.jsonl", "service_public.jsonl", "out_of_scope.jsonl")  # never a file that is kept for measuring
# A collection. Without them the model trusts long messages too much: 21 % of the withheld questions of service_public_dev
# are answered then at the same precision, 8 % with 600.
SYNTHETIC = 600
WITHHELD_SHARE = 0.4  # of the questions with a known entry, this share is asked again without it


def calibrate_active(settings: Settings, entries: Sequence[Entry], questions: Path, output: Path | None) -> Logistic:
    """Fits the model for the active snapshot's stage and writes it to ``output`` (default: the committed file).

    Raises ``SnapshotUnusable`` without an active snapshot, ``ValueError`` with too few questions.
    """
    engine = Engine(snapshots_folder(settings.home), load_embedder(settings))
    if engine.snapshot is None:
        raise SnapshotUnusable("There is no active snapshot: run `./guichet index build`.")
    fitted = fit(collect(engine, entries, questions))
    path = output or COMMITTED
    stages = dict(Calibration.read(path).stages) if path.exists() else {}
    stages[engine.snapshot.manifest.stage] = fitted
    path.write_text(Calibration(features=list(FEATURES), stages=stages).model_dump_json(indent=1) + "\n", encoding="utf-8")
    return fitted


def collect(engine: Engine, entries: Sequence[Entry], folder: Path) -> list[Sample]:
    """Samples from the files of questions in ``folder`` and from synthetic queries, some with their entries withheld.

    Only collections that a file has questions on take part: an evaluation set on another one stays unseen.
    """
    chance = random.Random(11)  # noqa: S311 - reproducible sampling, no secret
    questions = [question for name in FILES for question in read_questions(folder / name)]
    asked: list[tuple[Question, str]] = []
    for collection in sorted({entry.collection for entry in entries}):
        own = [entry for entry in entries if entry.collection == collection]
        ids = {entry.id for entry in own}
        if not any(ids & set(question.gold) for question in questions):
            continue
        asked += [(question, collection) for question in synthetic_questions(own, SYNTHETIC)]
        asked += [(question, collection) for question in questions if not question.gold or ids & set(question.gold)]
    found = []
    for question, collection in asked:
        found.append(sample(engine, question, collection))
        if question.gold and chance.random() < WITHHELD_SHARE:
            found.append(sample(engine, question, collection, withheld=question.gold))
    return [one for one in found if one is not None]
