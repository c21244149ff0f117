"""What the publisher does between publications, on SQLite and on PostgreSQL."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from core.database import Database
from knowledge_base.publishing.publications import request
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from retrieval.contracts import Embedder
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.snapshot import Snapshot, load_snapshot
from tests.integration.publishing_support import carried_out, dearer, knowledge, publisher, revise
from tests.unit.retrieval.samples import WordEmbedder


async def test_idle_the_publisher_asks_what_the_next_publication_will(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    for number in range(25):
        await add(database, Golden(question=f"question {number}", gold=("F2",), author="x"))
    gate = publisher(database, tmp_path, database_url).gate
    assert [await gate.warm(WordEmbedder()) for _ in range(3)] == [True, True, False]


async def test_between_publications_it_holds_no_snapshot_and_knows_what_it_asked(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge(database, tmp_path)
    await add(database, Golden(question="une question", gold=("F2",), author="x"))
    node, loaded = publisher(database, tmp_path, database_url), list[str]()

    def load(snapshots: Snapshots, version: str, embedder: Embedder) -> Snapshot:
        loaded.append(version)
        return load_snapshot(snapshots, version, embedder)

    monkeypatch.setattr("knowledge_base.publishing.gate.load_snapshot", load)
    before = node.gate.node_snapshots.snapshots.active()
    assert await node.gate.warm(WordEmbedder())
    held = weakref.ref(node.gate._known[1][before].engine)
    node.gate.release_snapshots()
    assert held() is None
    assert not await node.gate.warm(WordEmbedder())  # it is known
    assert loaded == [before]
    name = await request(database, [await revise(database, dearer())], author="a", go_at_once=True)
    view = await carried_out(node, database, name)
    node.gate.release_snapshots()  # a minute has not passed
    assert node.gate._known[1][view.candidate]._engine is not None
    assert loaded == [before, before]
