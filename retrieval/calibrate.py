"""Calibrates the confidence of the active snapshot's stage, and writes the file that is committed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.entry import Entry
from core.settings import Settings
from retrieval.calibration import Sample, fit, sample, synthetic_questions
from retrieval.confidence import COMMITTED, FEATURES, Calibration, Logistic
from retrieval.contracts import Embedder, Vectors
from retrieval.embedding.model import load_embedder
from retrieval.engine import Engine
from retrieval.evaluation import Question, read_questions
from retrieval.pipeline import snapshots_folder
from retrieval.scope.training import outside
from retrieval.snapshots import SnapshotUnusable
from retrieval.training.questions import for_weights
from retrieval.training.questions import questions as training_questions

# Under tests/evaluation; never a file that is kept for measuring.
LABELLED = ("questions/demonstration.jsonl", "questions/service_public.jsonl", "passages/dev.jsonl")
OTHER_LANGUAGES = "languages/dev.jsonl"
SYNTHETIC = 500  # a collection
# Questions on pages that the encoder has not learned from (``training.questions.for_weights``); as many as the labelled ones,
# most of whose pages it has. With none, 100, 300, 700 of them: answered, right, answered with the theme withheld, calibration
# error, on service_public_dev .344 .750 .113 .099, .338 .765 .119 .093, .351 .774 .126 .068, .377 .789 .139 .084; on
# code_du_travail_dev .522 .790 .166 .089, .531 .794 .185 .077, .553 .797 .225 .072, .579 .791 .242 .074.
# The committed file was fitted on the index without the pages' wordings: fitted with them it trusts itself too much (ADR 0045).
UNLEARNED = 300


def calibrate_active(settings: Settings, entries: Sequence[Entry], questions: Path, output: Path | None) -> Logistic:
    """Fits the model for the active snapshot's stage and writes it to ``output`` (default: the committed file).

    Raises ``SnapshotUnusable`` without an active snapshot, ``ValueError`` with too few questions.
    """
    engine = Engine(snapshots_folder(settings.home), _Remembering(load_embedder(settings)))
    if engine.snapshot is None:
        raise SnapshotUnusable("There is no active snapshot: run `./guichet index build`.")
    fitted = fit(collect(engine, entries, questions))
    path = output or COMMITTED
    stages = dict(Calibration.read(path).stages) if path.exists() else {}
    stages[engine.snapshot.manifest.stage] = fitted
    path.write_text(Calibration(features=list(FEATURES), stages=stages).model_dump_json(indent=1) + "\n", encoding="utf-8")
    return fitted


def collect(engine: Engine, entries: Sequence[Entry], folder: Path) -> list[Sample]:
    """Samples from the files of questions in ``folder`` and from synthetic queries.

    Only collections that a file has questions on take part: an evaluation set on another one stays unseen.
    """
    labelled = [_with_gold(question) for name in LABELLED for question in read_questions(folder / name)]
    beyond = [Question(question=text, id=f"outside-{number}") for number, text in enumerate(outside())]
    others = read_questions(folder / OTHER_LANGUAGES)
    found: list[Sample | None] = []
    for collection in sorted({entry.collection for entry in entries}):
        own = {entry.id: entry for entry in entries if entry.collection == collection}
        asked = [question for question in labelled if own.keys() & set(question.gold)]
        if not asked:
            continue
        for question in asked:
            found += _asked(engine, question, own)
        for question in (*synthetic_questions(list(own.values()), SYNTHETIC), *_unlearned(own)):
            found += [one and replace(one, made=True) for one in _asked(engine, question, own)]
        found += [sample(engine, question, collection, kind="out_of_scope") for question in beyond]
        foreign = [question for question in others if own.keys() & set(question.gold)]
        found += [sample(engine, question, collection, kind="other_language") for question in foreign]
    return [one for one in found if one is not None]


def _unlearned(own: dict[str, Entry]) -> list[Question]:
    """Some of the questions that the weights of passages are fitted on."""
    found = [_with_gold(question) for question in for_weights(training_questions()) if question.entry in own]
    random.Random(3).shuffle(found)  # noqa: S311 - reproducible sampling, no secret
    return found[:UNLEARNED]


def _with_gold(question: Question) -> Question:
    """Sets of passages name the one ``entry`` that holds the passage."""
    return question if question.gold or not question.entry else question.model_copy(update={"gold": (question.entry,)})


def _asked(engine: Engine, question: Question, own: dict[str, Entry]) -> list[Sample | None]:
    """``question`` of the whole collection, without its entries, and without their theme."""
    gold = [own[name] for name in question.gold if name in own]
    collection = gold[0].collection
    themes = {entry.theme[0] for entry in gold if entry.theme}
    theme = [name for name, entry in own.items() if entry.theme[:1] and entry.theme[0] in themes]
    found = [sample(engine, question, collection), sample(engine, question, collection, question.gold, "without_entry")]
    if 0 < len(theme) < len(own):
        found.append(sample(engine, question, collection, theme, "without_theme"))
    return found


class _Remembering:
    """An embedder that embeds each query once: it is asked again with entries withheld."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._known: dict[str, Vectors] = {}
        self.name, self.revision, self.dimension = inner.name, inner.revision, inner.dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        for text in texts:
            if text not in self._known:
                self._known[text] = self._inner.embed_queries([text])[0]
        return np.stack([self._known[text] for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._inner.embed_passages(texts)
