"""Publishing while the active snapshot is damaged: it heals, and takes nothing damaged over."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.database import Database
from core.identity import Role
from knowledge_base.desk import publishing
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import request
from retrieval.service import SearchService
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder
from tests.integration.publishing_support import carried_out, dearer, knowledge, publisher, revise
from tests.integration.searching_desk import desk_of
from tests.unit.retrieval.samples import PASSPORT, WordEmbedder
from tests.waiting import until


def tear(home: Path, version: str, name: str = "entries.jsonl") -> None:
    """One bit of a file."""
    path = snapshots_folder(home) / version / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def test_publication_while_active_snapshot_is_torn_heals(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    good = node.gate.node_snapshots.snapshots.active()
    first = await carried_out(
        node, database, await request(database, [await revise(database, dearer())], author="a", go_at_once=True)
    )
    for name in ("entries.jsonl", "heads.faiss", "sections.faiss"):
        tear(tmp_path, first.candidate, name)
    assert SearchService(snapshots_folder(tmp_path), WordEmbedder(), falls_back=True).status().snapshot == good
    change = await revise(database, PASSPORT.model_copy(update={"description": "Demander un passeport."}))
    second = await carried_out(
        publisher(database, tmp_path, database_url), database, await request(database, [change], author="a", go_at_once=True)
    )
    assert second.state == State.ACTIVE, second.error
    healed = SearchService(snapshots_folder(tmp_path), WordEmbedder())
    assert healed.status().snapshot == second.candidate
    assert "30 €" in str(healed.entry("F1"))  # of the first publication, whose snapshot was damaged


async def test_torn_candidate_is_not_activated_but_built_anew(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    name = await request(database, [await revise(database, dearer())], author="a", go_at_once=True)
    shelf = node.gate.node_snapshots
    activate = shelf.activate

    def torn_just_before(version: str, before: str = "") -> None:
        shelf.activate = activate  # type: ignore[method-assign]
        candidate = shelf.candidates.folder / version / "terms.npy"
        candidate.write_bytes(bytes(candidate.stat().st_size))
        activate(version, before)

    shelf.activate = torn_just_before  # type: ignore[method-assign]
    before = shelf.snapshots.active()
    with pytest.raises(Exception, match="damaged"):
        await node.work()
    assert shelf.snapshots.active() == before
    view = await carried_out(node, database, name)
    assert view.state == State.ACTIVE
    assert "30 €" in str(SearchService(snapshots_folder(tmp_path), WordEmbedder()).entry("F1"))


async def test_desk_says_that_the_index_is_torn_until_it_is_published_again(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_of(publishing, tmp_path, redis_url, monkeypatch)
    try:
        node = publisher(desk.database, tmp_path, desk.settings.sql_url)
        browser = await desk.browser(Role.PUBLISHER)

        async def told() -> bool:
            return "est abîmé" in (await browser.get("/desk/publications")).text

        assert not await told()
        change = await revise(desk.database, dearer())
        await carried_out(node, desk.database, await request(desk.database, [change], author="a", go_at_once=True))
        snapshots = Snapshots(snapshots_folder(tmp_path))
        active = snapshots.active()
        tear(tmp_path, active)
        assert await until(told)
        asked = await browser.post("/desk/publications", data={"whole": "1", "at_once": "1"})
        view = await carried_out(node, desk.database, asked.headers["location"].rpartition("/")[2])
        assert view.state == State.ACTIVE, view.error
        assert snapshots.active() != active

        async def healed() -> bool:
            return not await told()

        assert await until(healed)
    finally:
        await desk.database.close()
