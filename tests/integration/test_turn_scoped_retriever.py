"""A turn on one snapshot finds and says what the engine itself does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from fastapi.testclient import TestClient

from actions.server.app import create_app
from core.settings import Settings
from retrieval.contracts import Vectors
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder, update_index
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests.unit.retrieval.samples import BINS, ENTRIES, IDENTITY, WordEmbedder


def test_a_turn_answers_as_the_engine_does(tmp_path: Path) -> None:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    steady = TurnScopedRetriever(engine)
    query = "combien coûte le renouvellement de la carte d'identité"
    alone = engine.search(query, limit=3)
    with steady.turn():
        held = steady.search(query, limit=3)
        assert steady.best_passage(IDENTITY, query) == engine.best_passage(IDENTITY, query)
    assert held.model_dump(exclude={"timings_ms"}) == alone.model_dump(exclude={"timings_ms"})


def test_a_turn_stays_with_its_snapshot(tmp_path: Path) -> None:
    first = update_index(ENTRIES, tmp_path, WordEmbedder(), "full").version
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    steady = TurnScopedRetriever(engine)
    with steady.turn():
        changed = BINS.model_copy(update={"title": "Encombrants", "version": 2})
        update_index([*ENTRIES[:3], changed], tmp_path, WordEmbedder(), "full")
        engine.refresh()
        assert steady.status().snapshot == steady.search("encombrants").snapshot == first
        assert steady.entry("F4") == BINS
    assert steady.entry("F4") == changed


class Counted(WordEmbedder):
    """Embeds once ``open`` is set, and counts. ``waiting``: somebody has asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.open, self.waiting = threading.Event(), threading.Event()
        self.open.set()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.waiting.set()
        assert self.open.wait(10)
        self.asked += texts
        return super().embed_queries(texts)


def _ahead(steady: TurnScopedRetriever, message: str, query: str, limit: int = 3) -> None:
    engine = steady.ahead(message)
    assert engine is not None
    engine.begin(query, locale="fr", collection=None, limit=limit)


def test_a_search_begun_ahead_is_not_made_again(tmp_path: Path) -> None:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    embedder = Counted()
    engine = SearchService(snapshots_folder(tmp_path), embedder, check_seconds=0)
    steady, query = TurnScopedRetriever(engine), "combien coûte le renouvellement de la carte d'identité"
    alone = engine.search(query, limit=3)
    embedder.asked.clear()
    _ahead(steady, "m1", query)
    with steady.turn("m1"):
        held = steady.search(query, limit=3)
        assert steady.best_passage(IDENTITY, query) == engine.best_passage(IDENTITY, query)
    assert held.model_dump(exclude={"timings_ms"}) == alone.model_dump(exclude={"timings_ms"})
    assert held.timings_ms["waited"] < held.timings_ms["total"]
    assert len(embedder.asked) == 1


def test_what_a_turn_has_embedded_is_not_embedded_again(tmp_path: Path) -> None:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    embedder = Counted()
    steady, query = (
        TurnScopedRetriever(SearchService(snapshots_folder(tmp_path), embedder, check_seconds=0)),
        "carte d'identité perdue",
    )
    with steady.turn():
        found = steady.search(query, limit=3)
        assert found.understood == query
        assert (steady.embed(query) == WordEmbedder().embed_queries([query])[0]).all()
        assert embedder.asked == [query]
    with steady.turn():
        steady.embed(query)
    assert embedder.asked == [query, query]


def test_what_was_begun_is_waited_for_and_another_question_is_searched_for_by_itself(tmp_path: Path) -> None:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    embedder = Counted()
    engine = SearchService(snapshots_folder(tmp_path), embedder, check_seconds=0)
    steady = TurnScopedRetriever(engine)
    embedder.open.clear()
    embedder.waiting.clear()
    begun = threading.Thread(target=_ahead, args=(steady, "m1", "carte d'identité"))
    begun.start()
    assert embedder.waiting.wait(10)
    threading.Timer(0.05, embedder.open.set).start()
    with steady.turn("m1"):
        other = steady.search("encombrants", limit=3)
    begun.join()
    assert other.hits == engine.search("encombrants", limit=3).hits
    assert "waited" not in other.timings_ms
    _ahead(steady, "m2", "encombrants")
    steady.forget("m2")
    embedder.asked.clear()
    with steady.turn("m2"):
        assert "waited" not in steady.search("encombrants", limit=3).timings_ms
    assert embedder.asked == ["encombrants"]


def test_the_turn_asks_for_what_was_begun_over_http(tmp_path: Path) -> None:
    keys = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    settings = Settings.model_validate({"_env_file": None, **keys})
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    embedder = Counted()
    steady = TurnScopedRetriever(SearchService(snapshots_folder(tmp_path), embedder, check_seconds=0))
    headers = settings.internal_headers
    text = "où jeter les encombrants"
    tracker = {"sender_id": "c1", "slots": {"language": "fr"}, "events": [], "active_loop": {}}
    tracker["latest_message"] = {"text": text, "entities": [], "message_id": "m1"}
    call = {"next_action": "action_answer_enquiry", "sender_id": "c1", "tracker": tracker, "version": "3.6.21"}
    with TestClient(create_app(settings, steady), headers=headers) as client:
        assert client.post("/ahead", json={"message_id": "m1", "text": text, "language": "fr"}).status_code == 202
        assert client.post("/webhook", json=call).json()["responses"]
    assert len(embedder.asked) == 1
