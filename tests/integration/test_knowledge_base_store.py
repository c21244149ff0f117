"""The record of entries, on SQLite and on PostgreSQL: revisions, withdrawals, refusals, and two imports at once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from core.database import Database
from core.database.models.entries import EntryRow, ImportRun, Revision
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from knowledge_base.entries.store import ImportReport, fetch, listed, published, upsert, withdraw
from knowledge_base.errors import InvalidSource, TooManyWithdrawals
from retrieval.index import catalogue


def entry(page: str, text: str = "Le texte.", *, collection: str = "essai") -> Entry:
    cases = Cases(cases=(Case(label="Mineur", body=(TextBlock(markdown=text),)), Case(label="Majeur", body=())))
    return Entry(id=page, collection=collection, title=f"Titre {page}", body=(Chapter(heading="Règles", body=(cases,)),))


async def bring(database: Database, *entries: Entry, collection: str = "essai", force: bool = False) -> ImportReport:
    return await upsert(
        database, collection, entries, source="essai.zip", checksum="0" * 64, author="test", reason="essai", force=force
    )


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.withdrawn


async def revisions(database: Database, page: str) -> list[tuple[int, str, str]]:
    """(version, status, text of the first case) of each revision."""
    async with database.read() as session:
        rows = await session.scalars(select(Revision).where(Revision.entry_id == page).order_by(Revision.version))
        return [(row.version, row.status, row.content["body"][0]["body"][0]["cases"][0]["body"][0]["markdown"]) for row in rows]


async def test_a_second_import_says_what_has_changed(database: Database) -> None:
    assert counts(await bring(database, entry("a"), entry("b"), entry("c"))) == (3, 0, 0, 0)
    assert counts(await bring(database, entry("a"), entry("b"), entry("c"))) == (0, 0, 3, 0)
    assert counts(await bring(database, entry("a", "Autre."), entry("b"), entry("d"))) == (1, 1, 1, 1)
    assert [(found.id, found.version) for found in await published(database)] == [("a", 2), ("b", 1), ("d", 1)]


async def test_an_index_asks_for_what_is_published_by_name(database: Database) -> None:
    await bring(database, entry("a"), entry("b"), entry("c"))
    await bring(database, entry("a", "Autre."), entry("b"))
    found = {one.id: one for one in await listed(database)}
    assert sorted(found.values()) == [catalogue.listed(one) for one in await published(database)]
    assert await fetch(database, [found["a"]]) == [entry("a", "Autre.").model_copy(update={"version": 2})]
    gone = found["a"]._replace(id="c")
    assert await fetch(database, [gone]) == []


async def test_what_is_read_back_is_what_was_written(database: Database) -> None:
    await bring(database, entry("a", "L'été à «\u00a0Nîmes\u00a0» 👍"))
    assert await published(database) == [entry("a", "L'été à «\u00a0Nîmes\u00a0» 👍")]


async def test_revisions_stay_as_they_were(database: Database) -> None:
    await bring(database, entry("a", "Un."), entry("b"))
    await bring(database, entry("a", "Deux."), entry("b"))
    await bring(database, entry("b"))
    await bring(database, entry("a", "Deux."), entry("b"))
    assert await revisions(database, "a") == [
        (1, "published", "Un."),
        (2, "published", "Deux."),
        (3, "withdrawn", "Deux."),
        (4, "published", "Deux."),
    ]


async def test_the_row_is_its_last_revision(database: Database) -> None:
    await bring(database, entry("a"), entry("b"))
    await bring(database, entry("a", "Deux."), entry("b"))
    await bring(database, entry("b"))
    async with database.read() as session:
        row = await session.get_one(EntryRow, ("essai", "a"))
        last = await session.get_one(Revision, ("essai", "a", 3))
    assert (row.version, row.status, row.digest, row.content) == (last.version, last.status, last.digest, last.content)
    assert row.content["version"] == row.version


async def test_collections_do_not_touch_each_other(database: Database) -> None:
    await bring(database, entry("a"))
    await bring(database, entry("a", "Ailleurs.", collection="autre"), collection="autre")
    assert len(await published(database)) == 2
    assert [found.collection for found in await published(database, "autre")] == ["autre"]


async def test_an_import_that_would_withdraw_more_than_half_is_refused(database: Database) -> None:
    pages = [entry(name) for name in "abcdef"]
    await bring(database, *pages)
    with pytest.raises(TooManyWithdrawals, match="4 des 6"):
        await bring(database, entry("a", "Changé."), entry("b"))
    assert len(await published(database)) == 6
    assert await revisions(database, "a") == [(1, "published", "Le texte.")]
    assert counts(await bring(database, *pages[:3])) == (0, 0, 3, 3)
    assert counts(await bring(database, entry("a"), force=True)) == (0, 0, 1, 2)


@pytest.mark.parametrize("entries", [(), (entry("a"), entry("a", "Deux fois."))])
async def test_nothing_or_the_same_id_twice_changes_nothing(database: Database, entries: tuple[Entry, ...]) -> None:
    await bring(database, entry("z"))
    with pytest.raises(InvalidSource):
        await bring(database, *entries, force=True)
    assert [found.id for found in await published(database)] == ["z"]


async def test_a_collection_is_withdrawn_whole_and_comes_back(database: Database) -> None:
    await bring(database, entry("a"), entry("b"))
    await bring(database, entry("c", collection="autre"), collection="autre")
    assert await withdraw(database, "essai", author="test", reason="essai") == 2
    assert [found.id for found in await published(database)] == ["c"]
    assert await withdraw(database, "essai", author="test", reason="essai") == 0
    assert counts(await bring(database, entry("a"), entry("b"))) == (0, 2, 0, 0)


async def test_each_import_is_recorded(database: Database) -> None:
    await bring(database, entry("a"))
    await bring(database, entry("a"))
    async with database.read() as session:
        runs = (await session.scalars(select(ImportRun).order_by(ImportRun.seq))).all()
    assert [(run.source, run.collection, run.created, run.unchanged) for run in runs] == [
        ("essai.zip", "essai", 1, 0),
        ("essai.zip", "essai", 0, 1),
    ]


async def test_two_imports_at_once_take_turns(database: Database) -> None:
    reports = await asyncio.gather(*(bring(database, entry("a"), entry("b")) for _ in range(3)))
    assert sorted(counts(report) for report in reports) == [(0, 0, 2, 0), (0, 0, 2, 0), (2, 0, 0, 0)]


async def test_more_than_a_batch(database: Database) -> None:
    many = [entry(f"p{number}") for number in range(1203)]
    assert counts(await bring(database, *many)) == (1203, 0, 0, 0)
    assert counts(await bring(database, *(entry(page.id, "Deux.") for page in many[:700]))) == (0, 700, 0, 503)
    assert len(await published(database)) == 700
