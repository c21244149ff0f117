"""Imports an exported file into the database: entries with their history. A change on both sides is a conflict."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import Base
from core.database.conflict import insert_into
from core.database.models import (
    Collection,
    Conflict,
    EntryRow,
    GoldenQuestion,
    Revision,
    Step,
    SynonymGroup,
    SynonymVersion,
)
from core.entry import Entry
from knowledge_base.editing.rows import append, locked, open_conflict
from knowledge_base.entries.import_plan import PUBLISHED
from knowledge_base.entries.import_rows import lock_collection
from knowledge_base.entries.merge import merge
from knowledge_base.entries.served_content import served_version
from knowledge_base.entries.store import Difference, ImportReport, record_import
from knowledge_base.exchange.export_reader import Contents, Row
from knowledge_base.synonyms.store import unknown_groups
from retrieval.query.synonyms import Group

_BATCH = 200
_GONE = frozenset({"withdrawn", "archived"})

type Key = tuple[str, str]


@dataclass
class _Plan:
    new: list[Key] = field(default_factory=list)
    longer: list[Key] = field(default_factory=list)  # the file has all our revisions, and more
    diverged: dict[Key, int] = field(default_factory=dict)  # value: the last common revision
    unchanged: int = 0
    outcomes: list[Difference] = field(default_factory=list)


async def import_contents(
    database: Database, contents: Contents, *, source: str, author: str, dry_run: bool = False
) -> ImportReport:
    """Imports ``contents`` in one transaction.

    A new entry comes with its whole history. If the file has more revisions of an entry, they are added to ours. If both sides
    have changed since the last common revision, ours is kept, with a conflict. New golden questions are added. No entry is
    withdrawn because the file lacks it.
    """
    session_of = database.read if dry_run else database.write
    async with session_of() as session:
        collections = sorted({collection for collection, _ in contents.entries})
        if not dry_run:
            for name in collections:
                await lock_collection(session, name)
        plan = await _make_plan(session, contents)
        report = ImportReport.of(plan.outcomes, unchanged=plan.unchanged, rejected=contents.rejected)
        if not dry_run:
            await _write(session, contents, plan, author=author, reason=source)
            checksum = contents.checksum
            await record_import(session, report, author=author, source=source, checksum=checksum, collections=collections)
    return report


async def _make_plan(session: AsyncSession, contents: Contents) -> _Plan:
    ours = await _histories(session, {collection for collection, _ in contents.entries})
    status = {
        (row.collection, row.id): row.status
        for row in await session.execute(select(EntryRow.collection, EntryRow.id, EntryRow.status))
    }
    plan = _Plan()
    for key, row in contents.entries.items():
        theirs = [(_digests(contents, key, one), one["author"], one["created_at"]) for one in contents.revisions[key]]
        mine = ours.get(key, [])
        common = next(
            (place for place, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a[0] not in b[0] or a[1:] != b[1:]),
            min(len(mine), len(theirs)),
        )
        outcome = "updated"
        if not mine:
            plan.new.append(key)
            outcome = "created"
        elif common == len(theirs) or mine[-1][0] in theirs[-1][0]:
            plan.unchanged += 1
            continue
        elif common == len(mine):
            plan.longer.append(key)
            outcome = "withdrawn" if row["status"] in _GONE and status.get(key) == "published" else "updated"
        else:
            plan.diverged[key] = common
            outcome = "conflicts"
        title = contents.revisions[key][row["version"] - 1]["content"]["title"]
        plan.outcomes.append(Difference(key[1], title, outcome))
    return plan


def _digests(contents: Contents, key: Key, row: Row) -> set[str]:
    """Returns the digests by which our database may know a revision: for one left out, also that of its original text."""
    return {row["digest"], contents.digests.get((*key, row["version"]), row["digest"])}


async def _histories(session: AsyncSession, collections: set[str]) -> dict[Key, list[tuple[str, str, Any]]]:
    found: dict[Key, list[tuple[str, str, Any]]] = {}
    for collection in collections:
        query = (
            select(Revision.entry_id, Revision.digest, Revision.author, Revision.created_at)
            .where(Revision.collection == collection)
            .order_by(Revision.entry_id, Revision.version)
        )
        for page, digest, author, at in await session.execute(query):
            found.setdefault((collection, page), []).append((digest, author, at))
    return found


async def _write(session: AsyncSession, contents: Contents, plan: _Plan, *, author: str, reason: str) -> None:
    for row in contents.collections:
        await session.execute(insert_into(session, Collection).values(**row).on_conflict_do_nothing())
    added = [_entry_row(contents, key) for key in plan.new]
    await _insert(session, EntryRow, [row | {"served": 0 if row["status"] == PUBLISHED else None} for row in added])
    await _insert(session, Revision, [row for key in plan.new for row in contents.revisions[key]])
    await _insert(session, Step, [row for key in plan.new for row in contents.steps.get(key, ())])
    await _insert(session, Conflict, [row for key in plan.new for row in contents.conflicts.get(key, ())])
    for key in plan.longer:
        await _append_history(session, contents, key)
    for key, common in plan.diverged.items():
        await _record_conflict(session, contents, key, common, author=author, reason=reason)
    for row in contents.golden:
        await session.execute(insert_into(session, GoldenQuestion).values(**row).on_conflict_do_nothing())
    new = await unknown_groups(session, {name: _group_contents(contents, name) for name in contents.synonyms})
    await _insert(session, SynonymGroup, [contents.synonyms[name] for name in new])
    await _insert(session, SynonymVersion, [row for name in new for row in contents.synonym_versions[name]])


def _group_contents(contents: Contents, name: str) -> list[Group]:
    """Returns the content of a group of synonyms, and its proposed content."""
    row = contents.synonyms[name]
    contents_of_group = [
        one["content"] for one in contents.synonym_versions[name] if one["version"] in (row["version"], row["active"])
    ]
    return [Group.model_validate(content) for content in contents_of_group if content]


async def _insert(session: AsyncSession, model: type[Base], rows: Sequence[Row]) -> None:
    for batch in batched(rows, _BATCH):
        await session.execute(insert(model), list(batch))
        await asyncio.sleep(0)  # lets a service that imports continue to answer


def _entry_row(contents: Contents, key: Key) -> Row:
    row = contents.entries[key]
    shown = contents.revisions[key][row["version"] - 1]
    content = shown["content"]
    return row | {"content": content, "digest": shown["digest"], "title": content["title"], "locale": content["locale"]}


async def _append_history(session: AsyncSession, contents: Contents, key: Key) -> None:
    """Adds the rest of the file's history, of which ours is the beginning. The entry gets the state that it has in the file."""
    row = await locked(session, *key)
    assert row is not None
    had, served = row.latest, served_version(row)
    await _insert(session, Revision, contents.revisions[key][had:])
    for name, value in _entry_row(contents, key).items():
        setattr(row, name, value)
    row.served = None if served == (row.version if row.status == PUBLISHED else None) else served or 0
    query = select(Step.version, Step.action, Step.at).where(Step.collection == key[0], Step.entry_id == key[1])
    known = {tuple(step) for step in await session.execute(query)}
    steps = [step for step in contents.steps.get(key, ()) if (step["version"], step["action"], step["at"]) not in known]
    await _insert(session, Step, steps)
    if await open_conflict(session, row) is None:
        await _insert(session, Conflict, [one for one in contents.conflicts.get(key, ()) if one["resolved_at"] is None])


async def _record_conflict(
    session: AsyncSession, contents: Contents, key: Key, common: int, *, author: str, reason: str
) -> None:
    """Records that both sides continued from revision ``common``: theirs becomes a revision, and an editor decides."""
    row = await locked(session, *key)
    assert row is not None
    if await open_conflict(session, row) is not None:
        return
    theirs = Entry.model_validate(contents.revisions[key][contents.entries[key]["head"] - 1]["content"])
    base = await session.get(Revision, (*key, common)) if common else None
    ours = await session.get_one(Revision, (*key, row.head))
    local = Entry.model_validate(ours.content)
    merged = merge(None if base is None else Entry.model_validate(base.content), local, theirs)
    head = row.head
    revision = append(session, row, theirs, author=author, reason=reason, status="imported", parent=common or None)
    row.head = head
    session.add(
        Conflict(
            collection=row.collection,
            entry_id=row.id,
            base=common or None,
            local=head,
            theirs=revision.version,
            parts=[asdict(clash) for clash in merged.clashes],
            proposal=merged.entry.model_dump(mode="json"),
        )
    )
