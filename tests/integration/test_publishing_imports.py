"""What an import brings reaches citizens by a decision about it, and by nothing else; a decision against it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.doctor.database import check_record
from core.database import Database
from core.database.models import EntryRow
from core.entry import Entry
from knowledge_base.desk.editor.catalogue import Catalogue
from knowledge_base.editing.steps import Policy, publication_refusals
from knowledge_base.entries.served_content import count_waiting
from knowledge_base.entries.store import published, upsert
from knowledge_base.publishing.contracts import PublicationView, State
from knowledge_base.publishing.publications import ask_rollback, decide, request
from knowledge_base.publishing.publisher import Publisher
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from tests.integration.publishing_support import ENTRIES, carried_out, dearer, knowledge, publisher, revise, settings_for
from tests.unit.retrieval.samples import IDENTITY, PASSPORT, WordEmbedder, entry

_NEW = entry("F8", "Carte de pêche", "La carte de pêche s'achète en ligne.")
_OTHER = entry("F9", "Permis de chasse", "Le permis de chasse se demande en mairie.")


async def _imported(database: Database, *entries: Entry) -> None:
    await upsert(database, "test", entries, source="essai", checksum="1" * 64, author="import", reason="second", force=True)


def _served(home: Path) -> dict[str, str]:
    """Id → text of what citizens are answered from."""
    engine = SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)
    ids = [one.id for one in (*ENTRIES, _NEW, _OTHER)]
    return {page: found.model_dump_json() for page in ids if (found := engine.entry(page)) is not None}


async def _row(database: Database, page: str) -> EntryRow:
    async with database.read() as session:
        return await session.get_one(EntryRow, ("test", page))


async def _another(database: Database, node: Publisher) -> PublicationView:
    """The publication of an entry that has nothing to do with any import."""
    return await carried_out(node, database, await request(database, [await revise(database, _OTHER)], author="anne"))


@pytest.fixture
async def node(database: Database, database_url: str, tmp_path: Path) -> Publisher:
    await knowledge(database, tmp_path)
    await _imported(database, dearer(), PASSPORT, _NEW)  # one is changed, one is new, and the third (F3) is withdrawn
    return publisher(database, tmp_path, database_url)


async def test_a_publication_of_an_import_lists_all_its_entries(database: Database, node: Publisher) -> None:
    view = await carried_out(node, database, await request(database, author="anne"))
    moved = {change.entry_id: (change.before, change.version) for change in view.changes}
    assert moved == {"F1": (1, 2), "F8": (None, 1), "F3": (1, None)}


async def test_a_cancelled_import_stays_cancelled_when_another_entry_is_published(
    database: Database, node: Publisher, tmp_path: Path
) -> None:
    name = await request(database, author="anne")
    assert (await carried_out(node, database, name)).state == State.CHECKED
    await decide(database, name, go=False, author="anne")
    found = {row.id: row.shown for row in (await Catalogue(database).find()).rows}
    assert (found["F1"], found["F3"], found["F8"]) == ("published", "published", "draft")
    view = await _another(database, node)
    assert [change.entry_id for change in view.changes] == ["F9"]
    await decide(database, view.id, go=True, author="anne")
    await carried_out(node, database, view.id)
    served = _served(tmp_path)
    assert sorted(served) == ["F1", "F2", "F3", "F9"]
    assert "25 €" in served["F1"]
    assert sorted(one.id for one in await published(database)) == sorted(served), "an index built by hand holds no more"
    assert (await _row(database, "F1")).stage == (await _row(database, "F8")).stage == "draft", "nothing of it is lost"
    await _imported(database, dearer(), PASSPORT, _NEW)
    assert (await _row(database, "F8")).status == "draft", "the same import again does not undo the decision"


async def test_an_undone_import_stays_undone_when_another_entry_is_published(
    database: Database, node: Publisher, tmp_path: Path
) -> None:
    await carried_out(node, database, await request(database, author="anne", go_at_once=True))
    assert sorted(_served(tmp_path)) == ["F1", "F2", "F8"]
    await carried_out(node, database, await ask_rollback(database, author="anne"))
    assert sorted(_served(tmp_path)) == ["F1", "F2", "F3"]
    view = await _another(database, node)
    await decide(database, view.id, go=True, author="anne")
    await carried_out(node, database, view.id)
    served = _served(tmp_path)
    assert sorted(served) == ["F1", "F2", "F3", "F9"]
    assert "25 €" in served["F1"]
    assert sorted(one.id for one in await published(database)) == sorted(served)


async def test_an_import_that_nobody_decided_on_goes_online_with_no_other_publication(
    database: Database, node: Publisher, tmp_path: Path
) -> None:
    catalogue = Catalogue(database)
    found = {row.id: row.shown for row in (await catalogue.find()).rows}
    assert (found["F1"], found["F2"], found["F3"], found["F8"]) == ("changing", "published", "leaving", "arriving")
    assert {row.id for row in (await catalogue.find(status="published")).rows} == {"F1", "F2", "F3"}
    view = await _another(database, node)
    await decide(database, view.id, go=True, author="anne")
    await carried_out(node, database, view.id)
    assert sorted(_served(tmp_path)) == ["F1", "F2", "F3", "F9"]
    assert await count_waiting(database) == 3
    await carried_out(node, database, await request(database, author="anne", go_at_once=True))
    assert sorted(_served(tmp_path)) == ["F1", "F2", "F8", "F9"]
    assert await count_waiting(database) == 0
    assert {row.id: row.shown for row in (await catalogue.find()).rows}["F8"] == "published"


async def _found(database_url: str, home: Path) -> dict[str, str]:
    settings = settings_for(home, database_url)
    return {one.check: one.level async for one in check_record(settings) if one.check in ("freshness", "imported")}


async def test_the_doctor_asks_for_no_index_after_a_publication_and_for_a_decision_after_an_import(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    assert await _found(database_url, tmp_path) == {"freshness": "ok"}
    name = await request(database, [await revise(database, dearer())], author="anne", go_at_once=True)
    assert (await carried_out(node, database, name)).state == State.ACTIVE
    assert await _found(database_url, tmp_path) == {"freshness": "ok"}
    await _imported(database, PASSPORT, _NEW)
    assert await _found(database_url, tmp_path) == {"freshness": "ok", "imported": "warning"}
    async with database.write() as session:
        row = await session.get_one(EntryRow, ("test", "F2"))
        row.status = "archived"  # by hand, behind the service's back
    assert (await _found(database_url, tmp_path))["freshness"] == "warning"


async def test_whoever_looks_after_one_collection_publishes_the_imports_of_that_one(
    database: Database, node: Publisher
) -> None:
    other = IDENTITY.model_copy(update={"collection": "ville"})
    await upsert(database, "ville", [other], source="x", checksum="2" * 64, author="import", reason="x")
    view = await carried_out(node, database, await request(database, author="anne", collections=("ville",)))
    assert [(change.collection, change.entry_id) for change in view.changes] == [("ville", "F1")]
    revisions = [(change.collection, change.entry_id, change.version or 0) for change in view.changes]
    assert await publication_refusals(database, revisions, author="anne", policy=Policy(two_persons=True)) == [None]
