"""Editors' work in the record, on SQLite and PostgreSQL: drafts, stale saves, steps, and two editors on one entry."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database import Database
from core.database.base import now
from core.database.models import AuditRow
from core.database.models.entries import EntryRow, Revision, Step
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.editing import saving, steps
from knowledge_base.editing.errors import EditRefused, StaleSave
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.entries.merge import Clash
from knowledge_base.entries.store import listed, published, upsert
from tests.integration.editing_support import publish, take_away

ONE = Policy()
TWO = Policy(two_persons=True)


def entry(title: str = "Titre", **fields: Any) -> Entry:
    body = tuple(Chapter(heading=name, body=(TextBlock(markdown=fields.pop(name, "Le texte.")),)) for name in ("Coût", "Délai"))
    return Entry(id="a", collection="essai", title=title, body=body, **fields)


async def row(database: Database) -> EntryRow:
    async with database.read() as session:
        return await session.get_one(EntryRow, ("essai", "a"))


async def saved(database: Database, changed: Entry, started_from: int, author: str = "anne") -> int:
    return await saving.save(database, changed, started_from=started_from, author=author, reason="")


async def test_a_draft_stands_beside_what_is_published(database: Database) -> None:
    assert await saved(database, entry("Un"), 0) == 1
    assert (await published(database), await listed(database)) == ([], [])
    assert await publish(database, [Target("essai", "a", 1)], author="paul", policy=TWO) == [
        steps.StepResult(Target("essai", "a", 1))
    ]
    assert await saved(database, entry("Deux"), 1) == 2
    assert [(one.title, one.version) for one in await published(database)] == [("Un", 1)]
    await publish(database, [Target("essai", "a", 2)], author="paul", policy=TWO)
    assert [(one.title, one.version) for one in await published(database)] == [("Deux", 2)]
    assert [one.digest for one in await listed(database)] == [entry("Deux").digest()]


async def test_saving_the_same_again_is_no_revision(database: Database) -> None:
    await saved(database, entry("Un"), 0)
    assert await saved(database, entry("Un"), 1) == 1
    assert (await row(database)).latest == 1


async def test_a_stale_save_is_shown_both_and_loses_nothing(database: Database) -> None:
    await saved(database, entry(), 0)
    await saved(database, entry(Coût="30 €."), 1, "anne")
    mine = entry("Mon titre", Délai="Un mois.")
    with pytest.raises(StaleSave) as caught:
        await saved(database, mine, 1, "bob")
    stale = caught.value
    assert (stale.author, stale.theirs.version, stale.merged.clashes) == ("anne", 2, ())
    assert stale.merged.entry.digest() == entry("Mon titre", Coût="30 €.", Délai="Un mois.").digest()
    kept = await saving.unsaved_text(database, "essai", "a", "bob")
    assert kept is not None
    assert (kept.entry.digest(), kept.started_from) == (mine.digest(), 1)
    assert await saved(database, stale.merged.entry, 2, "bob") == 3
    assert await saving.unsaved_text(database, "essai", "a", "bob") is None


async def test_autosaves_are_ones_own_and_no_revisions(database: Database) -> None:
    await saved(database, entry(), 0)
    for title in ("A", "Ab", "Abc"):
        await saving.autosave(database, entry(title), started_from=1, author="anne")
    found = await saving.unsaved_text(database, "essai", "a", "anne")
    assert found is not None
    assert found.entry.title == "Abc"
    assert await saving.unsaved_text(database, "essai", "a", "bob") is None
    assert [(one[0], one[1]) for one in await saving.all_unsaved_texts(database, "anne")] == [("essai", "a")]
    assert (await row(database)).latest == 1
    await saving.delete_unsaved_text(database, "essai", "a", "anne")
    assert await saving.all_unsaved_texts(database, "anne") == []


async def test_steps_in_order_and_who_may_take_them(database: Database) -> None:
    await saved(database, entry(), 0, "anne")
    target = [Target("essai", "a", 1)]
    assert (await steps.approve(database, target, author="paul", policy=TWO))[0].code == "wrong_stage"
    assert (await steps.submit(database, target, author="anne"))[0].code is None
    assert (await steps.approve(database, target, author="anne", policy=TWO))[0].code == "own_revision"
    assert (await steps.approve(database, target, author="paul", policy=TWO))[0].code is None
    assert (await publish(database, target, author="anne", policy=TWO))[0].code == "own_revision"
    assert [one.code for one in await steps.refusals(database, target, author="anne", policy=TWO)] == ["own_revision"]
    assert (await publish(database, target, author="anne", policy=ONE))[0].code is None
    assert (await publish(database, target, author="anne", policy=ONE))[0].code == "wrong_stage"
    assert (await publish(database, [Target("essai", "a", 7)], author="x", policy=ONE))[0].code == "moved_on"
    assert (await publish(database, [Target("essai", "z")], author="x", policy=ONE))[0].code == "missing"
    async with database.read() as session:
        found = [(step.action, step.author) for step in await session.scalars(select(Step).order_by(Step.seq))]
    assert found == [("submitted", "anne"), ("approved", "paul"), ("published", "anne")]


async def test_a_new_save_asks_for_a_new_review(database: Database) -> None:
    await saved(database, entry(), 0)
    await steps.submit(database, [Target("essai", "a")], author="anne")
    await steps.approve(database, [Target("essai", "a")], author="paul", policy=TWO)
    await saved(database, entry("Autre"), 1)
    assert (await row(database)).stage == "draft"


async def test_what_is_scheduled_is_due_when_its_time_has_come(database: Database) -> None:
    await saved(database, entry(), 0)
    soon, target = now() + timedelta(hours=1), [Target("essai", "a", 1)]
    assert (await steps.schedule(database, target, at=now() - timedelta(1), author="paul", policy=TWO))[0].code == "past"
    assert (await steps.schedule(database, target, at=soon, author="paul", policy=TWO))[0].code is None
    assert (await steps.due(database, now()), await steps.due(database, soon)) == ([], target)


async def test_what_citizens_get_is_not_archived_past_the_gate(database: Database) -> None:
    await saved(database, entry(), 0)
    await publish(database, [Target("essai", "a")], author="paul", policy=TWO)
    assert (await steps.archive(database, [Target("essai", "a")], author="paul"))[0].code == "wrong_stage"
    assert len(await published(database)) == 1
    await saving.save(database, entry().model_copy(update={"id": "n"}), started_from=0, author="anne", reason="")
    assert (await steps.archive(database, [Target("essai", "n")], author="paul"))[0].code is None


async def test_saves_and_restorations_are_audited(database: Database) -> None:
    await saved(database, entry("Un"), 0)
    await saved(database, entry("Deux"), 1)
    await saved(database, entry("Deux"), 2)  # no change, no revision, nothing to audit
    await saving.restore(database, "essai", "a", 1, head=2, author="bob", reason="Retour")
    async with database.read() as session:
        rows = list(await session.scalars(select(AuditRow).order_by(AuditRow.seq)))
    assert [(row.actor, row.action, row.target) for row in rows] == [
        ("anne", "entry.saved", "entry:essai/a"),
        ("anne", "entry.saved", "entry:essai/a"),
        ("bob", "entry.restored", "entry:essai/a"),
    ]
    assert '"restored":1' in rows[-1].details


async def test_archive_and_restore(database: Database) -> None:
    await saved(database, entry("Un"), 0)
    await publish(database, [Target("essai", "a")], author="paul", policy=ONE)
    await saved(database, entry("Deux"), 1)
    await publish(database, [Target("essai", "a")], author="paul", policy=ONE)
    await take_away(database, Target("essai", "a"), author="paul")
    assert await published(database) == []
    with pytest.raises(EditRefused, match="moved_on"):
        await saving.restore(database, "essai", "a", 1, head=1, author="anne", reason="")
    assert await saving.restore(database, "essai", "a", 1, head=2, author="anne", reason="Retour") == 3
    await publish(database, [Target("essai", "a")], author="paul", policy=TWO)
    assert [(one.title, one.version) for one in await published(database)] == [("Un", 3)]


async def test_discarding_goes_back_to_what_is_published(database: Database) -> None:
    await saved(database, entry("Un"), 0)
    assert (await steps.discard(database, [Target("essai", "a")], author="anne"))[0].code == "wrong_stage"
    await publish(database, [Target("essai", "a")], author="paul", policy=ONE)
    await saved(database, entry("Deux"), 1)
    await steps.discard(database, [Target("essai", "a")], author="anne")
    present = await row(database)
    assert (present.head, present.latest, present.stage) == (1, 2, "")
    assert await saved(database, entry("Trois"), 1) == 3


async def test_two_editors_race_500_times_and_no_revision_is_lost(database: Database) -> None:
    await saved(database, entry(), 0)
    stale = Counter[str]()
    clashes: list[Clash] = []

    async def edit(author: str, part: str) -> None:
        for number in range(250):
            mine, head = entry(**{part: f"{part} {number}."}), (await row(database)).head
            async with database.read() as session:
                base = Entry.model_validate((await session.get_one(Revision, ("essai", "a", head))).content)
            chapters = [b.model_copy(update={"body": (TextBlock(markdown=f"{part} {number}."),)})
                        if isinstance(b, Chapter) and b.heading == part else b for b in base.body]  # fmt: skip
            mine = base.model_copy(update={"body": tuple(chapters)})
            while True:
                try:
                    await saved(database, mine, head, author)
                    break
                except StaleSave as told:
                    stale[author] += 1
                    clashes.extend(told.merged.clashes)
                    mine, head = told.merged.entry, told.theirs.version

    await asyncio.gather(edit("anne", "Coût"), edit("bob", "Délai"))
    async with database.read() as session:
        made = list(await session.scalars(select(Revision).order_by(Revision.version)))
    assert [revision.version for revision in made] == list(range(1, 502))
    assert Counter(revision.author for revision in made[1:]) == {"anne": 250, "bob": 250}
    assert [revision.parent for revision in made[1:]] == list(range(1, 501))
    assert made[-1].digest == entry(Coût="Coût 249.", Délai="Délai 249.").digest()
    assert (stale.total() > 0, clashes) == (True, [])


async def test_an_import_and_an_editor_take_turns(database: Database) -> None:
    async def bring(title: str) -> None:
        await upsert(database, "essai", [entry(title)], source="x", checksum="0" * 64, author="import", reason="x")

    await bring("Un")
    await asyncio.gather(
        *(bring(f"Source {number}") for number in range(5)),
        *(saving.autosave(database, entry(f"K{number}"), started_from=1, author="anne") for number in range(5)),
        *(_until_saved(database, f"Délai {number}.") for number in range(5)),
    )
    async with database.read() as session:
        made = [revision.version for revision in await session.scalars(select(Revision).order_by(Revision.version))]
    present = await row(database)
    assert made == list(range(1, present.latest + 1))
    assert present.latest >= 6 + 5


async def _until_saved(database: Database, text: str) -> None:
    while True:
        head = (await row(database)).head
        try:
            await saved(database, entry(Délai=text), head, text)
            return
        except StaleSave:
            continue
