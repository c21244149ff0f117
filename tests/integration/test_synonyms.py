"""The administration's synonyms in the record, on SQLite and on PostgreSQL; followed by a node; read by search and gate."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from core.backup.rows import dump, load
from core.database import Database
from core.database.models import AuditRow, Conversation, Message
from knowledge_base.editing.state_file import replace_text
from knowledge_base.publishing.synonym_trial import try_group
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from knowledge_base.synonyms import store
from knowledge_base.synonyms.contracts import SynonymRefused
from knowledge_base.synonyms.import_groups import import_groups
from knowledge_base.synonyms.list_file import keep_file_updated, update_file
from retrieval.query.synonym_lists import DESK_LIST
from retrieval.query.synonyms import Group, dump_groups, read_groups
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from retrieval.synonym_trial import Trial, TrialResult
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests import commands
from tests.integration.migrated import migrated
from tests.integration.publishing_support import knowledge, publisher
from tests.unit.retrieval.samples import WordEmbedder
from tests.waiting import until

ZORGLUB = Group(terms=("zorglub", "zorg"), means=("passeport",), note="vu au guichet")
LEAVE = Group(terms=("gloriette",), means=("congé parental",))


async def test_a_group_is_proposed_put_in_use_changed_and_taken_out(database: Database) -> None:
    name = await store.propose(database, ZORGLUB, author="anne")
    assert [one.state for one in await store.stored_groups(database)] == ["proposed"]
    assert await store.in_use(database) == []
    used = await store.put_in_use(database, name, seen=1, author="paul", two_persons=True)
    assert (used.state, await store.in_use(database)) == ("in_use", [ZORGLUB])

    changed = ZORGLUB.model_copy(update={"means": ("carte d'identité",)})
    await store.propose(database, changed, author="anne", name=name, seen=1)
    (kept,) = await store.stored_groups(database)
    assert (kept.state, kept.used, kept.content) == ("changing", ZORGLUB, changed)
    await store.drop_proposal(database, name, seen=2, author="paul")
    assert await store.in_use(database) == [ZORGLUB]

    await store.propose(database, None, author="anne", name=name, seen=3)
    assert [one.state for one in await store.stored_groups(database)] == ["leaving"]
    await store.put_in_use(database, name, seen=4, author="paul", two_persons=True)
    assert (await store.stored_groups(database), await store.in_use(database)) == ([], [])
    (gone,) = await store.stored_groups(database, gone=True)
    assert gone.shown == ZORGLUB
    await store.propose(database, gone.shown, author="paul", name=name, seen=4, use=True)
    assert await store.in_use(database) == [ZORGLUB]
    assert [one.number for one in await store.history(database, name)] == [5, 4, 3, 2, 1]

    async with database.read() as session:
        rows = list(await session.scalars(select(AuditRow).where(AuditRow.target == f"synonym:{name}").order_by(AuditRow.seq)))
    assert [(row.actor, row.action.partition(".")[2]) for row in rows] == [
        ("anne", "proposed"),
        ("paul", "used"),
        ("anne", "proposed"),
        ("paul", "proposal_dropped"),
        ("anne", "removal_proposed"),
        ("paul", "removed"),
        ("paul", "used"),
    ]
    assert "zorglub, zorg → carte d'identité" in str(rows[2].details)


async def test_what_is_refused_changes_nothing(database: Database) -> None:
    name = await store.propose(database, ZORGLUB, author="anne", use=True)
    other = Group(terms=("Zorg",), means=("mairie",))
    with pytest.raises(SynonymRefused) as taken:
        await store.propose(database, other, author="paul")
    assert (taken.value.code, taken.value.word) == ("taken", "Zorg")
    assert taken.value.other
    assert taken.value.other.id == name
    with pytest.raises(SynonymRefused, match="moved_on"):
        await store.propose(database, LEAVE, author="paul", name=name, seen=0)
    with pytest.raises(SynonymRefused, match="missing"):
        await store.propose(database, LEAVE, author="paul", name="nothing", seen=0)
    with pytest.raises(SynonymRefused, match="nothing_waits"):
        await store.put_in_use(database, name, seen=1, author="paul", two_persons=False)
    await store.propose(database, LEAVE, author="paul", name=name, seen=1)
    with pytest.raises(SynonymRefused, match="own_version"):
        await store.put_in_use(database, name, seen=2, author="paul", two_persons=True)
    assert await store.in_use(database) == [ZORGLUB]


async def test_a_proposal_that_says_what_is_in_use_is_no_proposal(database: Database) -> None:
    name = await store.propose(database, ZORGLUB, author="anne", use=True)
    assert await store.propose(database, ZORGLUB, author="anne", name=name, seen=1) == name
    assert (await store.get(database, name)).version == 1
    await store.propose(database, LEAVE, author="anne", name=name, seen=1)
    await store.propose(database, ZORGLUB, author="anne", name=name, seen=2)
    assert [one.state for one in await store.stored_groups(database)] == ["in_use"]
    fresh = await store.propose(database, LEAVE, author="anne")
    await store.propose(database, None, author="anne", name=fresh, seen=1)  # it never was in use
    assert (await store.get(database, fresh)).state == "gone"


async def test_of_two_editors_at_once_one_is_told(database: Database) -> None:
    """The same word as two new groups, and two changes of one group."""

    async def outcome(group: Group, name: str = "", seen: int = 0) -> str:
        try:
            return "kept" if await store.propose(database, group, author="x", name=name, seen=seen) else ""
        except SynonymRefused as refused:
            return refused.code

    assert sorted(await asyncio.gather(outcome(ZORGLUB), outcome(ZORGLUB))) == ["kept", "taken"]
    (kept,) = await store.stored_groups(database)
    changes = [Group(terms=("zorglub",), means=(f"sens {n}",)) for n in range(2)]
    assert sorted(await asyncio.gather(*(outcome(one, kept.id, 1) for one in changes))) == ["kept", "moved_on"]


async def test_every_node_follows_and_a_file_that_was_touched_is_put_right(database: Database, tmp_path: Path) -> None:
    nodes = [tmp_path / name / DESK_LIST for name in ("one", "two")]
    assert not await update_file(database, nodes[0])
    await store.propose(database, ZORGLUB, author="anne", use=True)
    await store.propose(database, LEAVE, author="anne")  # a proposal counts nowhere
    for file in nodes:
        assert await update_file(database, file)
        assert read_groups(file) == [ZORGLUB]
        assert not await update_file(database, file)
        assert [one.name for one in file.parent.iterdir()] == [DESK_LIST]
    nodes[0].write_bytes(b"- {terms: [\xff")
    nodes[1].unlink()
    for file in nodes:
        assert await update_file(database, file)
        assert read_groups(file) == [ZORGLUB]
    (kept,) = [one for one in await store.stored_groups(database) if one.used]
    await store.propose(database, None, author="anne", name=kept.id, seen=1, use=True)
    assert await update_file(database, nodes[0])
    assert not nodes[0].exists()


async def test_what_serves_goes_on_serving_while_the_record_is_away(tmp_path: Path) -> None:
    file = tmp_path / DESK_LIST
    file.write_text("- {terms: [zorglub], means: [passeport]}\n")
    nowhere, stopping = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/guichet.db"), asyncio.Event()
    with capture_logs() as logs:
        following = asyncio.create_task(keep_file_updated(nowhere, file, stopping))
        async with asyncio.timeout(20):
            while not logs:
                await asyncio.wait([following], timeout=0.05)
        stopping.set()
        await following  # what failed is looked at again, not raised
    await nowhere.close()
    assert logs[0]["event"] == "synonyms_not_followed"
    assert file.exists()


async def test_a_node_follows_by_itself_what_changes_in_the_record_and_in_the_file(database: Database, tmp_path: Path) -> None:
    file, stopping = tmp_path / DESK_LIST, asyncio.Event()
    following = asyncio.create_task(keep_file_updated(database, file, stopping))

    async def says(*groups: Group) -> None:
        async def same() -> bool:
            return (read_groups(file) if file.exists() else []) == list(groups)

        await until(same)

    name = await store.propose(database, ZORGLUB, author="anne", use=True)
    await says(ZORGLUB)
    await store.propose(database, LEAVE, author="anne", name=name, seen=1)
    await store.put_in_use(database, name, seen=2, author="paul", two_persons=True)
    await says(LEAVE)
    file.write_text("- {terms: [x], means: [y]}")
    await says(LEAVE)
    await store.propose(database, None, author="anne", name=name, seen=2, use=True)
    await says()
    stopping.set()
    await following


async def test_a_follower_that_is_killed_leaves_the_old_list_or_the_new_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "node" / DESK_LIST
    name = await store.propose(database, ZORGLUB, author="anne", use=True)
    await update_file(database, file)
    await store.propose(database, LEAVE, author="anne", name=name, seen=1, use=True)

    def killed(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            replace_text(file, dump_groups([LEAVE]))
    assert read_groups(file) == [ZORGLUB]
    assert await update_file(database, file)
    assert read_groups(file) == [LEAVE]


async def test_search_and_gate_read_what_the_record_says(database: Database, database_url: str, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    node = publisher(database, tmp_path, database_url)

    def first() -> str:
        found = engine.search("zorglub")
        return (*found.hits, *found.rejected)[0].entry_id

    group = Group(terms=("zorglub",), means=("congé parental",))
    name = await store.propose(database, group, author="anne", use=True)
    await update_file(database, tmp_path / DESK_LIST)
    assert first() == "F3"
    node.gate._synonyms.refresh()
    assert node.gate._synonyms.own == (group,)
    other = group.model_copy(update={"means": ("passeport d'un majeur",)})
    await store.propose(database, other, author="anne", name=name, seen=1, use=True)
    await update_file(database, tmp_path / DESK_LIST)
    assert first() == "F2"


class _Stranger:
    """A model that takes every message for somebody else's business."""

    def judge(self, features: object) -> str:
        return "outside"

    def probabilities(self, features: object) -> dict[str, float]:
        return {"enquiry": 0.0, "fragment": 0.0, "outside": 1.0}


async def test_what_the_administration_names_is_its_business(database: Database, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    engine._scope = _Stranger()  # type: ignore[assignment]
    assert engine.search("zorglub demain").scope == "outside"
    (tmp_path / DESK_LIST).write_text("- {terms: [zorglub], means: [passeport]}")
    assert engine.search("zorglub demain").scope == "enquiry"
    assert engine.search("cni demain").scope == "outside"  # the list of the software says nothing of whose business it is
    trial = Trial(questions=(("zorglub demain", "fr"),), drop=Group(terms=("zorglub",), means=("passeport",)))
    (one,) = TurnScopedRetriever(engine).try_group(trial).compared
    assert (one.before.scope, one.after.scope, one.changed) == ("enquiry", "outside", True)


async def test_a_group_is_tried_on_what_citizens_asked_before_it_counts(database: Database, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    async with database.write() as session:
        for number, text in enumerate(("ma gloriette svp", "Ma gloriette svp", "autre chose encore")):
            session.add(Conversation(id=f"c{number}", channel="web", origin="citizen", language="fr"))
            await session.flush()
            message = Message(id=f"m{number}", conversation_id=f"c{number}", external_id="x", dedup=f"m{number}", text=text)
            message.outcome = "out_of_scope" if number else "no_answer"
            session.add(message)
    await add(database, Golden(question="une gloriette", gold=("F3",), author="a"))
    steady = TurnScopedRetriever(SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0))

    async def ask(trial: Trial) -> TrialResult:
        return await asyncio.to_thread(steady.try_group, trial)

    found = await try_group(database, ask, add=LEAVE, drop=None, typed=["gloriette ?", "passeport"], collection="")
    leave, passport = found.typed
    assert leave.touched
    assert leave.after.pages[0].entry_id == "F3"
    assert leave.before != leave.after
    assert (passport.touched, passport.before) == (False, passport.after)
    assert (found.matching, found.tested, found.unheard) == (2, 2, ())
    assert {one.question.question.lower() for one in found.changed} <= {"ma gloriette svp", "une gloriette"}
    nothing = Group(terms=("gloriette",), means=("krzxq wvtr",))
    assert (await try_group(database, ask, add=nothing, drop=None, typed=[], collection="")).unheard == ("krzxq wvtr",)

    await store.propose(database, LEAVE, author="anne", use=True)
    await update_file(database, tmp_path / DESK_LIST)
    without = await try_group(database, ask, add=None, drop=LEAVE, typed=["gloriette ?"], collection="")
    assert (without.typed[0].before, without.typed[0].after) == (leave.after, leave.before)


async def test_a_file_is_taken_once_and_what_it_repeats_is_named(database: Database) -> None:
    groups = [ZORGLUB, LEAVE, Group(terms=("zorg",), means=("mairie",)), Group(terms=("avec",), means=("mairie",))]
    first = await import_groups(database, groups, author="cli")
    assert (first.created, first.unchanged) == (2, 0)
    assert [(one.code, one.wording) for one in first.refused] == [("taken", "zorg"), ("too_common", "avec")]
    again = await import_groups(database, groups, author="cli")
    assert (again.created, again.unchanged, len(again.refused)) == (0, 2, 2)


async def test_a_record_that_is_restored_brings_its_synonyms_back(database: Database, tmp_path: Path) -> None:
    name = await store.propose(database, ZORGLUB, author="anne", use=True)
    await store.propose(database, LEAVE, author="anne", name=name, seen=1)
    folder = tmp_path / "dump"
    folder.mkdir()
    await dump(database, folder)
    await store.put_in_use(database, name, seen=2, author="paul", two_persons=False)
    await update_file(database, tmp_path / DESK_LIST)
    assert read_groups(tmp_path / DESK_LIST) == [LEAVE]
    await load(database, folder, ["synonym_groups", "synonym_versions"])
    (kept,) = await store.stored_groups(database)
    assert (kept.state, kept.used, kept.content) == ("changing", ZORGLUB, LEAVE)
    await update_file(database, tmp_path / DESK_LIST)
    assert read_groups(tmp_path / DESK_LIST) == [ZORGLUB]


async def test_the_command_line_takes_a_file_and_gives_it_back(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    file, out = tmp_path / "synonyms.yml", tmp_path / "out.yml"
    file.write_text(dump_groups([ZORGLUB, LEAVE, Group(terms=("zorg",), means=("mairie",))]), encoding="utf-8")

    def guichet(*arguments: str) -> subprocess.CompletedProcess[str]:
        secrets = {f"GUICHET_{name}": "x" * 40 for name in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY")}
        environment = {**os.environ, **secrets, "GUICHET_HOME": str(tmp_path), "GUICHET_LANG": "en", "DATABASE_URL": url}
        return commands.run(arguments, environment)

    taken = guichet("synonyms", "take")
    assert taken.returncode == 1
    assert "2 groups taken, 0 were there already, 1 not taken" in taken.stdout
    assert "zorg → mairie – “zorg” already has its group" in taken.stderr
    assert "0 groups taken, 2 were there already" in guichet("synonyms", "take").stdout
    assert guichet("synonyms", "export", "--out", str(out)).returncode == 0
    assert sorted(read_groups(out), key=str) == sorted([ZORGLUB, LEAVE], key=str)
    assert guichet("synonyms", "export").stdout == out.read_text(encoding="utf-8")
    (tmp_path / DESK_LIST).write_text(out.read_text(encoding="utf-8"), encoding="utf-8")
    assert "2 of the desk, 3 in" in guichet("index", "synonyms").stdout
    file.write_text("- {terms: zorg}")
    wrong = guichet("synonyms", "take")
    assert (wrong.returncode, "group 1" in wrong.stderr, "Nothing was taken" in wrong.stderr) == (1, True, True)
