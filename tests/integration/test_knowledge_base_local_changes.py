"""Imports over what editors have changed: nothing local is overwritten, what does not collide is merged, conflicts are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.database import Database
from core.database.models.entries import Conflict, EntryRow
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.editing import saving
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.entries.store import ImportReport, published, upsert
from knowledge_base.sources.service_public.importer import Reading
from tests.integration.databases import postgresql_when_long
from tests.integration.editing_support import publish, take_away

PARTS = ("Coût", "Délai", "Où")


def entry(page: str = "a", **fields: Any) -> Entry:
    body = tuple(Chapter(heading=part, body=(TextBlock(markdown=fields.pop(part, f"{part} ?")),)) for part in PARTS)
    return Entry(id=page, collection="essai", body=body, **({"title": page} | fields))


async def bring(database: Database, *entries: Entry, **more: Any) -> ImportReport:
    return await upsert(
        database, "essai", entries, source="x", checksum="0" * 64, author="import", reason="x", **({"force": True} | more)
    )


async def row(database: Database, page: str = "a") -> EntryRow:
    async with database.read() as session:
        return await session.get_one(EntryRow, ("essai", page))


async def edit(database: Database, changed: Entry, *, then_publish: bool = True) -> None:
    head = (await row(database, changed.id)).head
    await saving.save(database, changed, started_from=head, author="anne", reason="")
    if then_publish:
        await publish(database, [Target("essai", changed.id)], author="paul", policy=Policy())


async def live(database: Database, page: str = "a") -> str | None:
    """The digest of what citizens get."""
    return next((one.digest() for one in await published(database) if one.id == page), None)


async def conflicts(database: Database) -> list[Conflict]:
    async with database.read() as session:
        return list(await session.scalars(select(Conflict).where(Conflict.resolved_at.is_(None)).order_by(Conflict.seq)))


async def test_what_does_not_collide_is_merged_and_published(database: Database) -> None:
    await bring(database, entry())
    await edit(database, entry(Coût="Ici, gratuit."))
    report = await bring(database, entry(Délai="Un mois.", title="b"))
    assert (report.updated, report.conflicts, await conflicts(database)) == (1, 0, [])
    assert await live(database) == entry(Coût="Ici, gratuit.", Délai="Un mois.", title="b").digest()
    assert (await bring(database, entry(Délai="Un mois.", title="b"))).unchanged == 1
    await bring(database, entry(Délai="Deux mois."))
    assert await live(database) == entry(Coût="Ici, gratuit.", Délai="Deux mois.").digest()


async def test_the_same_import_again_leaves_local_changes_alone(database: Database) -> None:
    await bring(database, entry())
    await edit(database, entry(Coût="Ici, gratuit."))
    assert (await bring(database, entry())).unchanged == 1
    assert await live(database) == entry(Coût="Ici, gratuit.").digest()


async def test_a_conflict_is_kept_and_the_local_text_stays(database: Database) -> None:
    await bring(database, entry())
    local = entry(Coût="Ici, gratuit.")
    await edit(database, local)
    report = await bring(database, entry(Coût="30 €.", Délai="Un mois."))
    assert (report.updated, report.conflicts) == (0, 1)
    assert await live(database) == local.digest()
    [found] = await conflicts(database)
    assert [(part["path"], part["local"], part["theirs"]) for part in found.parts] == [
        (["body", "Coût"], "Ici, gratuit.", "30 €.")
    ]
    assert Entry.model_validate(found.proposal).digest() == entry(Coût="Ici, gratuit.", Délai="Un mois.").digest()
    assert (await bring(database, entry(Coût="30 €.", Délai="Un mois."))).unchanged == 1
    report = await bring(database, entry(Coût="35 €.", Délai="Un mois."))
    assert report.conflicts == len(await conflicts(database)) == 1
    await bring(database, local)  # the source has come round to our text
    assert await conflicts(database) == []
    assert await live(database) == local.digest()


async def test_a_draft_is_merged_beside_what_is_published(database: Database) -> None:
    await bring(database, entry())
    await edit(database, entry(Coût="Ici, gratuit."), then_publish=False)
    await bring(database, entry(Délai="Un mois."))
    present = await row(database)
    assert (await live(database), present.stage) == (entry(Délai="Un mois.").digest(), "draft")
    await publish(database, [Target("essai", "a")], author="paul", policy=Policy())
    assert await live(database) == entry(Coût="Ici, gratuit.", Délai="Un mois.").digest()


async def test_a_draft_in_conflict_is_not_published_before_somebody_decides(database: Database) -> None:
    await bring(database, entry())
    await edit(database, entry(Coût="Ici, gratuit."), then_publish=False)
    await bring(database, entry(Coût="30 €."))
    assert await live(database) == entry(Coût="30 €.").digest()
    assert (await publish(database, [Target("essai", "a")], author="paul", policy=Policy()))[0].code == "open_conflict"
    await bring(database, entry(Coût="35 €."))  # nobody has changed what is published: it follows its source
    assert (await live(database), len(await conflicts(database))) == (entry(Coût="35 €.").digest(), 1)


async def test_what_the_source_withdraws_stays_if_it_was_changed_here(database: Database) -> None:
    await bring(database, entry(), entry("b"))
    await edit(database, entry(Coût="Ici, gratuit."))
    report = await bring(database, entry("b"))
    assert (report.withdrawn, report.conflicts) == (0, 1)
    assert await live(database) == entry(Coût="Ici, gratuit.").digest()
    assert [conflict.theirs for conflict in await conflicts(database)] == [None]
    assert (await bring(database, entry("b"))).conflicts == 0
    assert (await bring(database, entry(), entry("b"))).updated == 1
    assert await conflicts(database) == []


async def test_what_editors_wrote_themselves_is_none_of_an_imports_business(database: Database) -> None:
    await bring(database, entry("b"))
    await saving.save(database, entry("n"), started_from=0, author="anne", reason="")
    await publish(database, [Target("essai", "n")], author="paul", policy=Policy())
    report = await bring(database, entry("b"))
    assert (report.withdrawn, report.unchanged) == (0, 1)
    assert (await bring(database, entry("b"), entry("n", Coût="Autre."))).conflicts == 1
    assert await live(database, "n") == entry("n").digest()


async def test_what_is_archived_stays_so_and_follows_its_source(database: Database) -> None:
    await bring(database, entry(), entry("b"))
    await take_away(database, Target("essai", "a"), author="paul")
    assert (await bring(database, entry(), entry("b"))).unchanged == 2
    assert (await bring(database, entry(Coût="30 €."), entry("b"))).updated == 1
    assert await live(database) is None
    await publish(database, [Target("essai", "a")], author="paul", policy=Policy())
    assert await live(database) == entry(Coût="30 €.").digest()


async def test_a_dry_run_says_it_and_changes_nothing(database: Database) -> None:
    await bring(database, entry(), entry("b"), entry("c"), entry("d"))
    await edit(database, entry(Coût="Ici, gratuit."))
    wanted = [entry(Coût="30 €."), entry("b", Coût="1 €."), entry("c"), entry("e")]
    before = [(one.id, one.version) for one in await published(database)]
    report = await bring(database, *wanted, dry_run=True)
    assert {(one.id, one.outcome) for one in report.differences} == {
        ("a", "conflicts"),
        ("b", "updated"),
        ("d", "withdrawn"),
        ("e", "created"),
    }
    assert [(one.id, one.version) for one in await published(database)] == before
    assert report == await bring(database, *wanted)


@postgresql_when_long
async def test_the_next_edition_of_service_public_over_50_changed_entries(database: Database, service_public: Reading) -> None:
    """The real pages. The next edition changes the titles of all, and the introductions of half of what was changed here."""
    pages = service_public.entries
    assert len(pages) == 3371

    async def edition(entries: Any) -> ImportReport:
        return await upsert(
            database, "service-public", entries, source="package", checksum="0" * 64, author="import", reason="package"
        )

    await edition(pages)
    mine = {page.id: page.model_copy(update={"introduction": f"Chez nous : {page.title}"}) for page in pages[::67][:50]}
    assert len(mine) == 50
    for page in mine.values():
        await saving.save(database, page, started_from=1, author="anne", reason="local")
    decided = await publish(
        database, [Target("service-public", page, 2) for page in mine], author="paul", policy=Policy(two_persons=True)
    )
    assert {one.code for one in decided} == {None}
    again = await edition(pages)
    assert (again.unchanged, again.conflicts) == (3371, 0)

    colliding = set(list(mine)[::2])
    new = [
        page.model_copy(
            update={"description": f"{page.description} (2026)"} | ({"introduction": "Source."} if page.id in colliding else {})
        )
        for page in pages
    ]
    report = await edition(new)
    assert (report.updated, report.conflicts) == (3371 - 25, 25)
    kept = {page.id: page for page in await published(database, "service-public") if page.id in mine}
    assert len(kept) == 50
    for page in kept.values():
        assert page.introduction == mine[page.id].introduction
        assert page.description.endswith(" (2026)") != (page.id in colliding)
