"""Fits order and confidence for the active snapshot's stage, and writes the file to be committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.entry import Entry
from core.settings import Settings
from retrieval.contracts import Embedder, Vectors
from retrieval.decision.confidence import COMMITTED, Calibration, Logistic
from retrieval.embedding.model import load_embedder
from retrieval.evaluation import Question, read_questions
from retrieval.index.entry_file import theme_of
from retrieval.service import SearchService
from retrieval.snapshots.folder import SnapshotUnusable
from retrieval.snapshots.update import snapshots_folder
from tools.training.calibration import Candidates, candidates, fit, fit_order, with_themes
from tools.training.scope.fitting import outside

# Under tests/evaluation; never a held-out file. Written from life by writers who had not seen the pages, and labelled
# afterwards: with questions written from a page, order and confidence trust the page's own words too much (ADRs 0044, 0045,
# 0046).
LABELLED = ("questions/letters.jsonl", "questions/searches.jsonl", "questions/messages.jsonl")
OTHER_LANGUAGES = "languages/dev.jsonl"


def calibrate_active(settings: Settings, entries: Sequence[Entry], questions: Path, output: Path | None) -> Logistic:
    """Fits order and confidence for the active snapshot's stage and writes them to ``output`` (default: the committed file).

    Raises ``SnapshotUnusable`` without an active snapshot, ``ValueError`` with too few questions.
    """
    engine = SearchService(snapshots_folder(settings.home), _Remembering(load_embedder(settings)))
    if engine.snapshot is None:
        raise SnapshotUnusable("There is no active snapshot: run `./guichet index build`.")
    found, pages = collect(engine, entries, questions)
    themes, found = with_themes(found, pages)
    order = fit_order(found)
    fitted = fit([one.sample(order) for one in found])
    path, stage = output or COMMITTED, engine.snapshot.manifest.stage
    before = Calibration.read(path) if path.exists() else Calibration.empty()
    calibration = before.model_copy(
        update={"themes": themes, "orders": {**before.orders, stage: order}, "stages": {**before.stages, stage: fitted}}
    )
    path.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return fitted


def collect(engine: SearchService, entries: Sequence[Entry], folder: Path) -> tuple[list[Candidates], Counter[str]]:
    """Returns the candidates for the files of questions in ``folder``, and for messages outside the scope; and the number of
    pages of each theme.

    Only collections with questions in a file take part: an evaluation set on another collection stays unseen.
    """
    labelled = [question for name in LABELLED for question in read_questions(folder / name)]
    beyond = [Question(question=text, id=f"outside-{number}") for number, text in enumerate(outside())]
    others = read_questions(folder / OTHER_LANGUAGES)
    found: list[Candidates | None] = []
    pages: Counter[str] = Counter()
    for collection in sorted({entry.collection for entry in entries}):
        own = {entry.id: entry for entry in entries if entry.collection == collection}
        asked = [question for question in labelled if own.keys() & set(question.gold)]
        if not asked:
            continue
        pages.update(theme_of(entry.theme) for entry in own.values())
        for question in asked:
            found += _asked(engine, question, own)
        found += [candidates(engine, question, collection, kind="out_of_scope") for question in beyond]
        foreign = [question for question in others if own.keys() & set(question.gold)]
        found += [candidates(engine, question, collection, kind="other_language") for question in foreign]
    return [one for one in found if one is not None], pages


def _asked(engine: SearchService, question: Question, own: dict[str, Entry]) -> list[Candidates | None]:
    """Returns the candidates for ``question`` in the whole collection, without its entries, and without their theme."""
    gold = [own[name] for name in question.gold if name in own]
    collection = gold[0].collection
    themes = {entry.theme[0] for entry in gold if entry.theme}
    whole = [name for name, entry in own.items() if entry.theme[:1] and entry.theme[0] in themes]
    theme = theme_of(gold[0].theme)
    found = [
        candidates(engine, question, collection, theme=theme),
        candidates(engine, question, collection, question.gold, "without_entry", theme),
    ]
    if 0 < len(whole) < len(own):
        found.append(candidates(engine, question, collection, whole, "without_theme", theme))
    return found


class _Remembering:
    """An embedder that embeds each query once, because each is asked again with entries withheld."""

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
