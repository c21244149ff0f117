"""The published state that citizens get, which can differ from the database: an import changes the database, not the index.

``EntryRow.served`` is empty if both are the same. If an import has changed the published content and no index with it was
activated yet, it is the revision that citizens still get, 0 if they get none.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from sqlalchemy import and_, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.models.entries import EntryRow, Revision
from core.entry import Entry
from knowledge_base.entries import store
from knowledge_base.entries.import_plan import PUBLISHED
from retrieval.index.catalogue import Listed

_BATCH = 500  # rows in a statement


def served_version(row: EntryRow) -> int | None:
    """Returns the revision that citizens get, ``None`` if they get none."""
    if row.served is not None:
        return row.served or None
    return row.version if row.status == PUBLISHED else None


async def waiting(session: AsyncSession, collections: Sequence[str] = ()) -> list[EntryRow]:
    """Returns the entries whose imported change citizens do not get yet; of ``collections``, if any are given."""
    query = select(EntryRow).where(EntryRow.served.is_not(None)).order_by(EntryRow.collection, EntryRow.id)
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    return list(await session.scalars(query))


async def count_waiting(database: Database, collections: Sequence[str] = ()) -> int:
    """Returns the number of these entries."""
    query = select(func.count()).select_from(EntryRow).where(EntryRow.served.is_not(None))
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    async with database.read() as session:
        return int((await session.execute(query)).scalar_one())


async def listed(database: Database) -> list[Listed]:
    """Returns the catalogue of what citizens get; all published entries if nothing was ever served."""
    joined = and_(
        Revision.collection == EntryRow.collection, Revision.entry_id == EntryRow.id, Revision.version == EntryRow.served
    )
    version = func.coalesce(EntryRow.served, EntryRow.version)
    query = (
        select(EntryRow.collection, EntryRow.id, version, func.coalesce(Revision.digest, EntryRow.digest))
        .outerjoin(Revision, joined)
        .where(or_(and_(EntryRow.served.is_(None), EntryRow.status == PUBLISHED), EntryRow.served > 0))
    )
    async with database.read() as session:
        found = [Listed(*row) for row in await session.execute(query)]
    return found or await store.listed(database)


async def fetch(database: Database, wanted: Sequence[Listed]) -> list[Entry]:
    """Returns the entries of ``listed`` with these names and versions."""
    older: list[Listed] = []
    async with database.read() as session:
        for batch in batched(wanted, _BATCH):
            keys = [(one.collection, one.id) for one in batch]
            query = select(EntryRow.collection, EntryRow.id).where(
                tuple_(EntryRow.collection, EntryRow.id).in_(keys), EntryRow.served > 0
            )
            changed = {tuple(row) for row in await session.execute(query)}
            older += [one for one in batch if (one.collection, one.id) in changed]
        found = []
        for batch in batched(older, _BATCH):
            names = [(one.collection, one.id, one.version) for one in batch]
            of = tuple_(Revision.collection, Revision.entry_id, Revision.version)
            for content, version in await session.execute(select(Revision.content, Revision.version).where(of.in_(names))):
                found.append(Entry.model_validate(content).model_copy(update={"version": version}))
    others = [one for one in wanted if one not in set(older)]
    return [*found, *(await store.fetch(database, others) if others else [])]


async def mark_all_served(database: Database, until: datetime) -> None:
    """Records that the activated index holds everything published until ``until``."""
    async with database.write() as session:
        await session.execute(
            update(EntryRow)
            .where(EntryRow.served.is_not(None), EntryRow.updated_at <= until)
            # This does not count as a change of the entry.
            .values(served=None, updated_at=EntryRow.updated_at)
            .execution_options(synchronize_session=False)
        )
