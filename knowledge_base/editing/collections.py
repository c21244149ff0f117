"""Collections: sets of entries with one owner, and the people who may work in each."""

import re
from collections.abc import Collection as Several
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import case, func, select

from core.audit import record
from core.database import Database
from core.database.conflict import insert_into
from core.database.models import Collection, EntryRow, StaffRow
from core.identity import RIGHTS, Right, Role, accounts
from knowledge_base.editing.errors import EditRefused

type Kind = Literal["national", "local", "service"]
KINDS: tuple[Kind, ...] = ("national", "local", "service")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Person:
    """A person who may edit. ``everywhere``: in all collections, without restriction."""

    id: str
    name: str
    collections: tuple[str, ...]

    @property
    def everywhere(self) -> bool:
        return not self.collections


@dataclass(frozen=True)
class CollectionSummary:
    """A collection with its numbers of entries. One known from imports only has no title of its own."""

    name: str
    title: str
    kind: str
    published: int
    in_hand: int
    archived: int


async def all_collections(database: Database) -> list[CollectionSummary]:
    """Returns all collections, including those without entries, by name."""
    counts = select(
        EntryRow.collection,
        func.sum(case((EntryRow.status == "published", 1), else_=0)),
        func.sum(case((EntryRow.stage != "", 1), else_=0)),
        func.sum(case((EntryRow.status.in_(("archived", "withdrawn")), 1), else_=0)),
    ).group_by(EntryRow.collection)
    async with database.read() as session:
        known = {row.name: row for row in await session.scalars(select(Collection))}
        numbers = {name: tuple(map(int, rest)) for name, *rest in await session.execute(counts)}
    found = []
    for name in sorted({*known, *numbers}):
        published, in_hand, archived = numbers.get(name, (0, 0, 0))
        row = known.get(name)
        found.append(CollectionSummary(name, row.title if row else "", row.kind if row else "", published, in_hand, archived))
    return found


async def people(database: Database) -> list[Person]:
    """Returns all people whose role lets them edit and whose account is not closed, by name."""
    async with database.read() as session:
        rows = await accounts.listed(session)
    found = [Person(row.id, row.name or row.email, tuple(row.collections)) for row in rows if _edits(row)]
    return sorted(found, key=lambda one: one.name.casefold())


async def save_collection(database: Database, name: str, *, title: str, kind: Kind, author: str) -> None:
    """Creates the collection, or changes its title or kind. Raises ``EditRefused``: bad_name."""
    if not _NAME.fullmatch(name):
        raise EditRefused("bad_name", name)
    values = {"title": title.strip()[:200], "kind": kind}
    async with database.write() as session:
        await session.execute(
            insert_into(session, Collection)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        await record(session, actor=author, action="collection.kept", target=f"collection:{name}", details=dict(values))


async def allow(database: Database, name: str, allowed: Several[str], *, author: str) -> None:
    """Gives exactly ``allowed`` (account ids), among people restricted to some collections, the right to work in this one.

    Raises ``EditRefused`` last_collection if a person would be left without any, since none means all. Nothing has changed
    then.
    """
    async with database.write() as session:
        changes: dict[str, list[str]] = {}
        for row in await accounts.listed(session):
            if not (_edits(row) and row.collections):
                continue
            now = set(row.collections)
            wanted = now | {name} if row.id in allowed else now - {name}
            if not wanted:
                raise EditRefused("last_collection", row.name or row.email)
            if wanted != now:
                changes[row.id] = sorted(wanted)
        for identifier, collections in changes.items():  # only now: an audit record must not be rolled back
            await accounts.change(session, identifier, actor=author, collections=collections)


def _edits(row: StaffRow) -> bool:
    return row.disabled_at is None and Right.EDIT_ENTRIES in RIGHTS[Role(row.role)]
