"""Alternatives on the same pages and questions: plain BM25, plain vectors, Rasa's own ResponseSelector.

Compares right answers and time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from cli.language import say
from cli.progress import reporter
from core.entry import Entry, passages
from core.privacy.logs import configure_logs
from core.settings import Settings
from retrieval.embedding.remote import RemoteEmbedder
from retrieval.evaluation.metrics import first_right
from retrieval.evaluation.questions import Question, read_questions
from retrieval.service import SearchService
from retrieval.snapshots.snapshot import Snapshot
from retrieval.snapshots.update import snapshots_folder
from tools.bench.response_selector import SelectorModel
from tools.bench.statistics import percentiles

_K1, _B = 1.2, 0.75  # as in Lucene
_DEPTH = 10
_WARM_UP = 5

Search = Callable[[str], list[str]]


class PlainBm25:
    """BM25 over the whole text of each page: words in lower case without accents, no stems, no synonyms, no fields."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        self._ids = ids
        self._words = CountVectorizer(strip_accents="unicode")
        counts = csr_matrix(self._words.fit_transform(texts), dtype=np.float32)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        norm = _K1 * (1 - _B + _B * lengths[rows] / lengths.mean())
        holders = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log(1 + (counts.shape[0] - holders + 0.5) / (holders + 0.5))
        counts.data = counts.data * (_K1 + 1) / (counts.data + norm) * rarity[counts.indices]
        self._weights = counts.tocsc()

    def __call__(self, question: str) -> list[str]:
        scores = self._weights @ self._words.transform([question]).T
        found = np.asarray(scores.todense()).ravel()
        return _first(self._ids, found)[: int((found > 0).sum())]  # a page without any of the words is not found


def plain_vectors(snapshot: Snapshot, embedder: RemoteEmbedder) -> Search:
    """Returns a search for the page with the nearest vector (title and description, or a section), with Guichet's own model."""
    places = np.arange(len(snapshot.entries), dtype=np.int64)

    def search(question: str) -> list[str]:
        query = embedder.embed_queries([question])[0]
        nearest = np.maximum(snapshot.heads.best(query, places)[0], snapshot.sections.best(query, places)[0])
        return _first(snapshot.entries.ids, nearest)

    return search


def compare(settings: Settings, questions: Path, most: int, training: float | None = None) -> dict[str, Any]:
    """Returns ``alternatives.{method}`` → R@1, R@5 and times of one search, including embedding in the running service.

    ``training``: minutes of training of Rasa's ResponseSelector before the comparison; without it, it is left out. Raises
    ``httpx.HTTPError`` without a service, ``SnapshotUnusable`` without an index, ``Refusal`` if training fails.
    """
    configure_logs("bench", level=logging.WARNING)  # standard output is for programs
    embedder = RemoteEmbedder(settings)
    engine = SearchService(snapshots_folder(settings.home), embedder, synonyms=settings.synonyms_file)
    snapshot = engine.snapshot
    if snapshot is None:
        return {}
    known = set(snapshot.entries.ids)
    asked = [one for one in read_questions(questions) if known.intersection(one.gold)][:most]
    if not asked:
        return {}
    entries = [snapshot.entries.at(place) for place in range(len(snapshot.entries))]

    def guichet(question: str) -> list[str]:
        found = engine.search(question, limit=_DEPTH)
        return [hit.entry_id for hit in (*found.hits, *found.rejected)]

    single: dict[str, Search] = {
        "bm25": PlainBm25(snapshot.entries.ids, [_text(entry) for entry in entries]),
        "vectors": plain_vectors(snapshot, embedder),
    }
    selected = {} if training is None else _response_selector(settings, entries, asked, training)
    report: dict[str, Any] = {
        f"alternatives.{name}": _measured(search, asked) for name, search in ({"guichet": guichet} | single).items()
    }
    own = report["alternatives.guichet"]["r1"]
    report |= selected | {"alternatives.questions": len(asked)}
    report["alternatives.r1_to_best"] = _ratio(own, max(report[f"alternatives.{name}"]["r1"] for name in single))
    if selected:
        report["alternatives.r1_to_response_selector"] = _ratio(own, report["alternatives.response_selector"]["r1"])
    return report


def _response_selector(
    settings: Settings, entries: Sequence[Entry], asked: Sequence[Question], minutes: float
) -> dict[str, Any]:
    say(
        f"ResponseSelector de Rasa : {minutes:g} minutes d'apprentissage, moins celles déjà faites…",
        f"Rasa's ResponseSelector: {minutes:g} minutes of training, less those that it had…",
    )
    model = SelectorModel(settings, entries)
    trained = model.train(minutes, reporter("ResponseSelector"))
    with model.asked() as search:
        return {"alternatives.response_selector": _measured(search, asked), "alternatives.response_selector.training": trained}


def _ratio(own: float, other: float) -> float | None:
    return round(own / other, 2) if other else None


def _measured(search: Search, asked: Sequence[Question]) -> dict[str, float]:
    for one in asked[:_WARM_UP]:
        search(one.question)
    times, ranks = [], []
    for one in asked:
        started = time.perf_counter()
        found = search(one.question)
        times.append((time.perf_counter() - started) * 1000)
        ranks.append(first_right(found, one.gold))
    right = {f"r{depth}": round(sum(rank is not None and rank <= depth for rank in ranks) / len(ranks), 3) for depth in (1, 5)}
    return right | {key.removeprefix("search."): value for key, value in percentiles(times, "search").items()}


def _first(ids: Sequence[str], scores: NDArray[np.float32]) -> list[str]:
    best = np.argpartition(-scores, min(_DEPTH, len(scores) - 1))[:_DEPTH]
    return [ids[place] for place in best[np.argsort(-scores[best], kind="stable")]]


def _text(entry: Entry) -> str:
    return "\n".join([entry.title, entry.description, *(part.markdown for part in passages(entry))])
