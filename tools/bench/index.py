"""The scaling of search: an index of synthetic entries, or the active one, searched in this process on one core."""

from __future__ import annotations

import logging
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil

from core.entry import Chapter, Entry, TextBlock
from core.privacy.logs import configure_logs
from core.settings import Settings
from retrieval.contracts import Embedder, Vectors
from retrieval.embedding.model import load_embedder
from retrieval.index.catalogue import Listed, listed
from retrieval.index.vector_index import EXACT
from retrieval.query.spelling import Vocabulary
from retrieval.service import SearchService
from retrieval.snapshots.build import build_snapshot
from retrieval.snapshots.snapshot import Snapshot
from retrieval.snapshots.update import snapshots_folder, update_index
from tools.bench.index_recall import recall
from tools.bench.runs import questions
from tools.bench.statistics import percentiles

SECTIONS, SECTION_WORDS = 5, 24  # per entry; the real pages have 5 sections, of which the first 180 characters are embedded
WORDS = 40_000  # distinct words, as in the real pages
QUERY_WORDS = 14
RECALL_QUERIES, RECALL_DEPTH = 100, 10
UPDATES = 3  # how often one entry is changed
_WARM_UP = 20
_SYLLABLES = """
ba be bi bon bra ca che con cou da de di don dre fa fe fi for ga ge gran la le li lon ma me mi mon na ne ni pa pe
""".strip().split(" ")


class Synthetic:
    """Random entries, queries and vectors, the same each time. Words have frequencies like those of a language.

    Queries are embedded by the real model, because its time counts; passages get vectors in groups.
    """

    def __init__(self, entries: int, model: Embedder) -> None:
        self.name, self.revision, self.dimension = "synthetic", str(entries), model.dimension
        self._entries, self._model = entries, model
        self._chance = np.random.default_rng(20)
        spell = random.Random(20)  # noqa: S311 - reproducible, no secret
        made = ("".join(spell.choices(_SYLLABLES, k=spell.randint(2, 5))) for _ in range(3 * WORDS))
        self._words = list(dict.fromkeys(made))[:WORDS]
        weights = 1.0 / (np.arange(len(self._words)) + 10.0)
        self._shares = np.cumsum(weights / weights.sum())
        self._centres = self._chance.normal(size=(500, self.dimension)).astype(np.float32)

    def entries(self) -> Iterator[Entry]:
        for number in range(self._entries):
            yield Entry(
                id=f"S{number}",
                collection="synthetic",
                title=self._text(8),
                description=self._text(20),
                body=tuple(
                    Chapter(heading=self._text(4), body=(TextBlock(markdown=self._text(SECTION_WORDS)),))
                    for _ in range(SECTIONS)
                ),
            )

    def query(self) -> str:
        """Returns words of the entries, one of them misspelt."""
        text = self._text(QUERY_WORDS)
        return text[:3] + text[4:]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._model.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = self._centres[self._chance.integers(len(self._centres), size=len(texts))]
        rows = rows + self._chance.normal(scale=0.7, size=rows.shape).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def _text(self, words: int) -> str:
        drawn = np.searchsorted(self._shares, self._chance.random(words))
        return " ".join(self._words[min(number, len(self._words) - 1)] for number in drawn.tolist())


class OneChanged:
    """A ``Catalogue``: the entries of a snapshot with one word of one entry changed, as by an editor."""

    def __init__(self, snapshot: Snapshot, number: int) -> None:
        place = number * len(snapshot.entries) // (UPDATES + 1)
        before = snapshot.entries.at(place)
        told = f"{before.description} (corrigé {number})"
        self._changed = before.model_copy(update={"description": told, "version": before.version + 1})
        self._listed = snapshot.entries.listed()
        self._listed[place] = listed(self._changed)

    def listed(self) -> list[Listed]:
        return self._listed

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        return [self._changed for one in wanted if one.id == self._changed.id]


def measure(settings: Settings, entries: int, searches: int, report: Callable[[int, int], None]) -> dict[str, Any]:
    """Returns the figures of an index of ``entries`` synthetic entries; 0: of the active index with the project's own
    questions.
    """
    if not entries:
        return _aside(settings, snapshots_folder(settings.home), 0, searches)
    synthetic = Synthetic(entries, load_embedder(settings))
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix="bench-index-") as folder:
        started = time.perf_counter()
        update_index(synthetic.entries(), Path(folder), synthetic, "full", report)
        seconds = round(time.perf_counter() - started, 1)
        return {"index.build_s": seconds, **_aside(settings, snapshots_folder(Path(folder)), entries, searches)}


def _aside(settings: Settings, folder: Path, entries: int, searches: int) -> dict[str, Any]:
    """Searches in a separate process, so that the memory of the build is not counted."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_search, settings, folder, entries, searches).result()


def _search(settings: Settings, folder: Path, entries: int, searches: int) -> dict[str, Any]:
    configure_logs("bench", level=logging.WARNING)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    model = load_embedder(settings, threads=1)
    model.embed_queries(["bonjour"])
    embedder: Embedder = Synthetic(entries, model) if entries else model
    asked = questions()
    # Loaded first, because it is not part of an index: dictionaries, and torch's buffers for messages of any length.
    Vocabulary.of(["bonjour"]).correct(["bonjourr"])
    for _ in range(_WARM_UP):
        model.embed_queries([next(asked)])
    before = _resident()
    engine = SearchService(folder, embedder)
    totals, embedding, busy = [], [], []
    for number in range(searches + _WARM_UP):
        query = embedder.query() if isinstance(embedder, Synthetic) else next(asked)
        started = time.thread_time()
        timings = engine.search(query, locale="fr").timings_ms
        if number >= _WARM_UP:
            busy.append((time.thread_time() - started) * 1000)
            totals.append(timings["total"])
            embedding.append(timings["embed"])
    assert engine.snapshot is not None
    counts, version = engine.snapshot.manifest.counts, engine.snapshot.version
    memory = round((_resident() - before) / 1e6)
    return {
        "index.entries": counts["entries"],
        "index.vectors": counts["heads"] + counts["sections"],
        "index.memory_mb": memory,
        "index.disk_mb": round(sum(path.stat().st_size for path in (folder / version).rglob("*") if path.is_file()) / 1e6),
        **percentiles(totals, "index.search"),
        **percentiles(embedding, "index.embed"),
        **percentiles(busy, "index.search.cpu"),  # core time of a search, independent of other processes
        **_recall(engine.snapshot, embedder),
        **_updates(settings, folder, engine.snapshot, embedder),
    }


def _recall(snapshot: Snapshot, embedder: Embedder) -> dict[str, float]:
    """Returns the recall of sections in clusters. Synthetic queries are vectors in the same groups."""
    if len(snapshot.sections.owners) <= EXACT:
        return {}
    if isinstance(embedder, Synthetic):
        queries = embedder.embed_passages([""] * RECALL_QUERIES)
    else:
        asked = questions()
        queries = embedder.embed_queries([next(asked) for _ in range(RECALL_QUERIES)])
    return {f"index.recall_{RECALL_DEPTH}": recall(snapshot.sections, queries, RECALL_DEPTH)}


def _updates(settings: Settings, folder: Path, snapshot: Snapshot, embedder: Embedder) -> dict[str, float]:
    """Returns the seconds, and core seconds, until a candidate with one changed entry is built and loaded: the median of
    ``UPDATES``.
    """
    clock, busy = [], []
    with tempfile.TemporaryDirectory(dir=settings.home, prefix="bench-update-") as aside:
        for number in range(1, UPDATES + 1):
            started, worked = time.perf_counter(), time.process_time()
            changed = OneChanged(snapshot, number)
            built = build_snapshot(changed, folder, embedder, "full", previous=snapshot.version, into=Path(aside))
            clock.append(time.perf_counter() - started)
            busy.append(time.process_time() - worked)
            shutil.rmtree(Path(aside) / built.version)
    return {"index.update_s": round(median(clock), 2), "index.update.cpu_s": round(median(busy), 2)}


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)
