"""A turn on one snapshot finds and says what the engine itself does."""

from __future__ import annotations

from pathlib import Path

from retrieval.engine import Engine
from retrieval.pipeline import snapshots_folder, update_index
from retrieval.steady import Steady
from tests.unit.retrieval.samples import BINS, ENTRIES, IDENTITY, WordEmbedder


def test_a_turn_answers_as_the_engine_does(tmp_path: Path) -> None:
    update_index(ENTRIES, tmp_path, WordEmbedder(), "full")
    engine = Engine(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    steady = Steady(engine)
    query = "combien coûte le renouvellement de la carte d'identité"
    alone = engine.search(query, limit=3)
    with steady.turn():
        held = steady.search(query, limit=3)
        assert steady.best_passage(IDENTITY, query) == engine.best_passage(IDENTITY, query)
    assert held.model_dump(exclude={"timings_ms"}) == alone.model_dump(exclude={"timings_ms"})


def test_a_turn_stays_with_its_snapshot(tmp_path: Path) -> None:
    first = update_index(ENTRIES, tmp_path, WordEmbedder(), "full").version
    engine = Engine(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    steady = Steady(engine)
    with steady.turn():
        changed = BINS.model_copy(update={"title": "Encombrants", "version": 2})
        update_index([*ENTRIES[:3], changed], tmp_path, WordEmbedder(), "full")
        engine.refresh()
        assert steady.status().snapshot == steady.search("encombrants").snapshot == first
        assert steady.entry("F4") == BINS
    assert steady.entry("F4") == changed
