"""Publishing on SQLite and on PostgreSQL: the gate, going on and back, turns, nodes, failures."""

from __future__ import annotations

import asyncio
import errno
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Conversation, EntryRow, Message, Publication
from knowledge_base.editing.steps import Policy, Target, schedule
from knowledge_base.entries.store import upsert
from knowledge_base.publishing import publication_queue
from knowledge_base.publishing.apply import CannotPublish
from knowledge_base.publishing.contracts import Change, State
from knowledge_base.publishing.due import request_due
from knowledge_base.publishing.publications import (
    NotAwaitingDecision,
    NothingToUndo,
    Overtaken,
    ask_rollback,
    decide,
    get,
    recent,
    request,
)
from knowledge_base.publishing.questions import questions
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from retrieval.contracts import RetrievalResult, Vectors
from retrieval.pinned_service import PinnedSearchService
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from tests.integration.publishing_support import carried_out, dearer, knowledge, publisher, revise
from tests.unit.retrieval.samples import IDENTITY, PARENTAL, PASSPORT, WordEmbedder, entry


def engine(home: Path) -> SearchService:
    return SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)


def text_of(home: Path, entry_id: str = "F1") -> str:
    found = engine(home).entry(entry_id)
    return found.model_dump_json() if found else ""


async def test_a_fee_is_changed_and_changed_back(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    before = node.gate.node_snapshots.snapshots.active()
    name = await request(database, [await revise(database, dearer())], author="anne", reason="tarif", go_at_once=True)
    view = await carried_out(node, database, name)
    assert (view.state, view.verdict) == (State.ACTIVE, "clear")
    assert view.changes[0].before == 1
    assert "30 €" in text_of(tmp_path)
    assert node.gate.node_snapshots.snapshots.active() == view.candidate != before
    back = await carried_out(node, database, await ask_rollback(database, author="anne"))
    assert (back.state, back.candidate, node.gate.node_snapshots.snapshots.active()) == (State.ACTIVE, before, before)
    assert "25 €" in text_of(tmp_path)
    async with database.read() as session:
        row = await session.get_one(EntryRow, ("test", "F1"))
        assert (row.version, "25 €" in str(row.content)) == (1, True)
        actions = list(await session.scalars(select(AuditRow.action).order_by(AuditRow.seq)))
    assert actions == [
        "entries.imported",
        "entry.saved",
        "publication.requested",
        "publication.activated",
        "publication.undone",
        "publication.activated",
    ]
    with pytest.raises(NothingToUndo):
        await ask_rollback(database, author="anne")


async def test_only_the_publication_in_view_is_undone_and_once(database: Database) -> None:
    """The button pressed twice, or on a page that shows yesterday's last publication."""
    async with database.write() as session:
        for name in ("first", "second"):
            row = Publication(id=name, kind="publish", state=State.ACTIVE, author="anne", changes=[])
            row.base, row.candidate = f"before-{name}", name
            session.add(row)
            await session.flush()
    with pytest.raises(Overtaken):
        await ask_rollback(database, author="anne", publication="first")
    once = await ask_rollback(database, author="anne", publication="second")
    assert await ask_rollback(database, author="paul", publication="second") == once
    assert await ask_rollback(database, author="anne", publication="first") != once
    assert [one.kind for one in await recent(database)] == ["rollback", "rollback", "publish", "publish"]


async def test_a_worse_answer_waits_for_a_decision(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    await add(database, Golden(question="faire ou renouveler un passeport d'un majeur", gold=("F2",), author="x"))
    node = publisher(database, tmp_path, database_url)
    twin = entry("F9", "Passeport d'un majeur à renouveler", "Faire ou renouveler un passeport d'un majeur. " * 3)
    dull = PASSPORT.model_copy(update={"title": "Titre de voyage", "description": "Autre chose."})
    changes = [await revise(database, twin), await revise(database, dull)]
    before = node.gate.node_snapshots.snapshots.active()
    name = await request(database, changes, author="anne", go_at_once=True)
    view = await carried_out(node, database, name)
    assert (view.state, view.verdict) == (State.CHECKED, "worse")
    assert view.report is not None
    moved = view.report.worse[0]
    assert (moved.before and moved.before.entry_id, moved.after and moved.after.entry_id) == ("F2", "F9")
    assert node.gate.node_snapshots.snapshots.active() == before
    assert text_of(tmp_path, "F9") == ""
    await decide(database, name, go=True, author="paul")
    with pytest.raises(NotAwaitingDecision):
        await decide(database, name, go=True, author="paul")
    assert (await carried_out(node, database, name)).state == State.ACTIVE
    assert engine(tmp_path).entry("F9") is not None


async def test_an_entry_that_another_one_hides_is_named(database: Database, database_url: str, tmp_path: Path) -> None:
    named = PASSPORT.model_copy(update={"wordings": ("refaire mon passeport",)})
    await knowledge(database, tmp_path, IDENTITY, named, PARENTAL)
    node = publisher(database, tmp_path, database_url)
    louder = entry("F9", "Passeport", "Passeport", wordings=("refaire mon passeport", "refaire passeport refaire passeport"))
    name = await request(database, [await revise(database, louder)], author="anne")
    view = await carried_out(node, database, name)
    assert view.report is not None
    assert [(one.entry_id, one.by.entry_id, one.was_first) for one in view.report.shadowed] == [("F2", "F9", True)]
    assert view.verdict == "worse"


async def test_a_dropped_candidate_is_gone(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    name = await request(database, [await revise(database, dearer())], author="anne")
    view = await carried_out(node, database, name)
    assert (view.state, node.gate.node_snapshots.candidates.versions()) == (State.CHECKED, [view.candidate])
    await decide(database, name, go=False, author="anne")
    other = await request(database, [await revise(database, dearer(31))], author="anne", go_at_once=True)
    assert (await carried_out(node, database, other)).state == State.ACTIVE
    assert node.gate.node_snapshots.candidates.versions() == []
    assert node.gate.node_snapshots.snapshots.versions()[-1] != view.candidate
    assert "31 €" in text_of(tmp_path)


async def test_what_is_active_is_asked_once_however_many_candidates_are_dropped(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge(database, tmp_path)
    await add(database, Golden(question="combien coûte une carte d'identité", gold=("F1",), author="x"))
    asked: Counter[str] = Counter()
    search = PinnedSearchService.search

    def counted(engine: PinnedSearchService, query: str, **how: Any) -> RetrievalResult:
        asked[engine.snapshot.version if query.startswith("combien") else ""] += 1
        return search(engine, query, **how)

    monkeypatch.setattr(PinnedSearchService, "search", counted)
    node = publisher(database, tmp_path, database_url)
    for price in (30, 31, 32):
        name = await request(database, [await revise(database, dearer(price))], author="anne")
        await carried_out(node, database, name)
        await decide(database, name, go=False, author="anne")
    assert asked[node.gate.node_snapshots.snapshots.active()] == 1
    assert len(set(asked) - {""}) == 4


async def test_what_was_approved_beside_another_snapshot_is_judged_again(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    slow = await request(database, [await revise(database, dearer())], author="anne")
    first = await carried_out(node, database, slow)
    new = PASSPORT.model_copy(update={"description": "Faire ou renouveler un passeport biométrique."})
    await carried_out(node, database, await request(database, [await revise(database, new)], author="b", go_at_once=True))
    await decide(database, slow, go=True, author="anne")
    view = await carried_out(node, database, slow)
    assert view.state == State.ACTIVE
    assert view.candidate != first.candidate
    assert "30 €" in text_of(tmp_path)
    assert "biométrique" in text_of(tmp_path, "F2")


async def test_what_an_import_disputes_meanwhile_is_not_published(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Also not after somebody has said "go": citizens keep what they have until the conflict is settled."""
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    name = await request(database, [await revise(database, dearer())], author="anne")
    await carried_out(node, database, name)
    await upsert(database, "test", [dearer(28)], source="e", checksum="1" * 64, author="import", reason="e", partial=True)
    await upsert(database, "test", [IDENTITY], source="e", checksum="2" * 64, author="import", reason="e", partial=True)
    await upsert(database, "test", [dearer(29)], source="e", checksum="3" * 64, author="import", reason="e", partial=True)
    await decide(database, name, go=True, author="paul")
    view = await carried_out(node, database, name)
    assert (view.state, "désaccord" in view.error) == (State.FAILED, True)
    assert "30 €" not in text_of(tmp_path)


async def test_withdrawing_and_taking_it_back(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    gone = Change(collection="test", entry_id="F3", version=None)
    await carried_out(node, database, await request(database, [gone], author="anne", go_at_once=True))
    assert text_of(tmp_path, "F3") == ""
    await carried_out(node, database, await ask_rollback(database, author="anne"))
    assert text_of(tmp_path, "F3") != ""


async def test_what_is_scheduled_goes_through_the_gate_when_its_time_comes(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    change = await revise(database, dearer())
    target = Target(change.collection, change.entry_id, change.version)
    later = now() + timedelta(hours=1)
    assert (await schedule(database, [target], at=later, author="anne", policy=Policy()))[0].code is None
    assert not await node.work()
    async with database.write() as session:
        await session.execute(update(EntryRow).where(EntryRow.id == "F1").values(publish_at=now()))
    assert sorted(map(len, await asyncio.gather(*(request_due(database) for _ in range(3))))) == [0, 0, 1]
    while await node.work():
        pass
    assert [(one.author, one.state) for one in await recent(database)] == [("anne", State.ACTIVE)]
    assert "30 €" in text_of(tmp_path)
    async with database.read() as session:
        assert (await session.get_one(EntryRow, ("test", "F1"))).stage == ""


async def test_every_node_follows(database: Database, database_url: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    await knowledge(database, here)
    nodes = [publisher(database, home, database_url) for home in (here, there)]  # the second has no index at all
    name = await request(database, [await revise(database, dearer())], author="anne", go_at_once=True)
    view = await carried_out(nodes[0], database, name)
    while await nodes[1].work():
        pass
    assert [node.gate.node_snapshots.snapshots.active() for node in nodes] == [view.candidate] * 2
    assert "30 €" in text_of(there)
    await carried_out(nodes[1], database, await ask_rollback(database, author="anne"))
    while await nodes[0].work():
        pass
    assert "25 €" in text_of(here)
    assert "25 €" in text_of(there)


async def test_a_snapshot_of_another_version_of_the_service_is_built_anew(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    change = await revise(database, dearer())
    view = await carried_out(node, database, await request(database, [change], author="anne", go_at_once=True))
    folder = node.gate.node_snapshots.snapshots.folder
    (folder / view.candidate / "calibration.json").write_text('{"features": ["other"], "stages": {}}')
    (folder / "applied").unlink()  # as on a node that was restored
    assert await node.work()
    assert node.gate.node_snapshots.snapshots.active() != view.candidate
    assert "30 €" in text_of(tmp_path)
    assert not await node.work()


async def test_publications_take_turns(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    nodes = [publisher(database, tmp_path, database_url) for _ in range(3)]
    names = [
        await request(database, [await revise(database, dearer(40 + number))], author="a", go_at_once=True)
        for number in range(3)
    ]
    taken = await asyncio.gather(*(publication_queue.claim_next(database, f"node {number}") for number in range(3)))
    (one,) = [row for row in taken if row is not None]
    assert one.id == names[0]
    assert await publication_queue.claim_next(database, "another") is None
    async with database.write() as session:  # the node dies: its turn runs out
        await session.execute(update(Publication).values(expires_at=now() - timedelta(seconds=1)))
    await asyncio.gather(*(carried_out(node, database, names[0]) for node in nodes))
    views = [await get(database, name) for name in names]
    # All three were asked for on what was published then; each goes on from what the one before it left.
    assert [view.state for view in views if view] == [State.ACTIVE, State.FAILED, State.FAILED]
    assert "40 €" in text_of(tmp_path)


class Broken(WordEmbedder):
    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise OSError("no memory")


async def test_a_failed_build_leaves_the_old_snapshot_serving(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url, Broken())
    before = node.gate.node_snapshots.snapshots.active()
    name = await request(database, [await revise(database, dearer())], author="anne", go_at_once=True)
    view = await carried_out(node, database, name)
    assert (view.state, view.error) == (State.FAILED, "no memory")
    assert node.gate.node_snapshots.snapshots.active() == before
    assert "25 €" in text_of(tmp_path)
    async with database.read() as session:
        assert (await session.get_one(EntryRow, ("test", "F1"))).version == 1
    assert [one.id for one in await recent(database)] == [name]


async def test_on_a_full_disk_the_editor_reads_what_to_do_and_it_is_well_again_with_room(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowledge(database, tmp_path)
    node = publisher(database, tmp_path, database_url)
    before, change = node.gate.node_snapshots.snapshots.active(), await revise(database, dearer())

    def no_room(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("retrieval.snapshots.folder._sync", no_room)
        failed = await carried_out(node, database, await request(database, [change], author="anne", go_at_once=True))
    assert failed.state == State.FAILED
    assert "Le disque du serveur est plein" in (failed.error or "")
    assert "Errno" not in (failed.error or "")
    assert node.gate.node_snapshots.snapshots.active() == before
    folder = node.gate.node_snapshots.snapshots.folder
    assert [path.name for path in folder.rglob(".2*")] == []  # nothing half-made
    done = await carried_out(node, database, await request(database, [change], author="anne", go_at_once=True))
    assert done.state == State.ACTIVE
    assert node.gate.node_snapshots.snapshots.active() != before


async def test_what_is_not_there_cannot_be_published(database: Database, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    for change in (
        Change(collection="test", entry_id="F404", version=1),
        Change(collection="test", entry_id="F1", version=7),
        Change(collection="elsewhere", entry_id="F1", version=None),
    ):
        with pytest.raises(CannotPublish):
            await request(database, [change], author="anne")
    assert await recent(database) == []


async def test_real_questions_are_citizens_of_the_last_month(database: Database) -> None:
    async with database.write() as session:
        rows = [
            ("a", "citizen", "Où refaire ma carte ?", "answered", None, 0),
            ("b", "citizen", "où refaire ma carte ?", "no_answer", None, 1),
            ("c", "citizen", "un passeport pour bébé", "choices", None, 2),
            ("d", "test", "une question d'essai", "answered", None, 0),
            ("e", "citizen", "une vieille question", "answered", None, 40),
            ("f", "citizen", "oui", "answered", None, 0),
            ("g", "citizen", "Le libellé d'un bouton", "answered", "/choose", 0),
            ("h", "citizen", "bonjour tout le monde", "small_talk", None, 0),
        ]
        for number, origin, text, outcome, payload, days in rows:
            session.add(Conversation(id=number, channel="web", origin=origin, language="fr"))
            await session.flush()
            received = now() - timedelta(days=days)
            message = Message(id=number, conversation_id=number, external_id=number, dedup=number, text=text, payload=payload)
            message.outcome, message.received_at = outcome, received
            session.add(message)
    found = await questions(database, most=1)
    assert [(one.question.lower(), one.citizens) for one in found.selected] == [("où refaire ma carte ?", 2)]
    assert found.left_out == 1
    none = await questions(database, most=0)
    assert (none.selected, none.left_out) == ((), 2)
