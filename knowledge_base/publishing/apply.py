"""The moment of publishing in the database: entries get the content of their revisions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now
from core.database.models import EntryRow, Revision
from core.entry import Entry
from knowledge_base.editing.rows import open_conflict
from knowledge_base.entries.import_plan import ARCHIVED, DRAFT, PUBLISHED, WITHDRAWN
from knowledge_base.entries.served_content import served_version, waiting
from knowledge_base.errors import ImportRefused, sentence
from knowledge_base.publishing.contracts import Change


class CannotPublish(ImportRefused):
    """A revision to be published is missing or has changed. Nothing was published."""


async def complete(session: AsyncSession, changes: Sequence[Change], collections: Sequence[str] = ()) -> list[Change]:
    """Returns ``changes`` with titles and the published versions. Without changes: all imported changes (into ``collections``,
    if any are given) that citizens do not get yet.

    Raises ``CannotPublish`` for a missing revision.
    """
    if not changes:
        return [
            Change(
                collection=row.collection,
                entry_id=row.id,
                version=row.version if row.status == PUBLISHED else None,
                before=served_version(row),
                title=row.title,
            )
            for row in await waiting(session, collections)
        ]
    found = []
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id))
        if row is None:
            raise _unknown(change)
        title = row.title
        if change.version is not None:
            title = (await _content(session, change)).title
        found.append(change.model_copy(update={"before": served_version(row), "title": title}))
    return found


async def contents(session: AsyncSession, changes: Sequence[Change]) -> list[Entry]:
    """Returns the entries that ``changes`` publish. Raises ``CannotPublish``."""
    return [await _content(session, change) for change in changes if change.version is not None]


async def refuse_disputed(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Raises ``CannotPublish`` if an import and editors have come into conflict since the publication was requested."""
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id))
        imported = row is not None and row.status == PUBLISHED and row.version == change.version
        if row is None or change.version is None or imported:  # the import's own publication is no conflict
            continue
        if await open_conflict(session, row) is not None:
            raise CannotPublish(*sentence("changed_by_import", title=row.title))


async def apply_changes(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Publishes ``changes``. Raises ``CannotPublish`` if another publication or import came in between."""
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id), with_for_update=True, populate_existing=True)
        if row is None:
            raise _unknown(change)
        newer = row.served is not None and change.version is not None and change.version < row.version
        if newer or served_version(row) not in (change.before, change.version):
            raise CannotPublish(*sentence("published_meanwhile", title=row.title))
        if change.version is None:
            row.status = ARCHIVED if row.status != WITHDRAWN else WITHDRAWN
        else:
            await _publish(session, row, change)
        row.served = None
        row.updated_at = now()


async def restore_published(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Restores the published state in the database after a publication of imported content was dropped.

    The imported content stays as a draft, which must be chosen explicitly to be published.
    """
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id), with_for_update=True, populate_existing=True)
        if row is None or row.served is None or (row.version if row.status == PUBLISHED else None) != change.version:
            continue
        if row.served:
            await _publish(session, row, change.back)
            row.stage = row.stage or ("draft" if row.head != row.version and change.version is not None else "")
            row.head = row.head if row.stage else row.version
        else:
            row.status, row.stage = DRAFT, row.stage or "draft"
        row.served = None
        row.updated_at = now()


async def _publish(session: AsyncSession, row: EntryRow, change: Change) -> None:
    assert change.version is not None
    entry = await _content(session, change)
    row.content, row.digest = entry.model_dump(mode="json"), entry.digest()
    row.version, row.title, row.locale, row.status = change.version, entry.title, entry.locale, PUBLISHED


async def _content(session: AsyncSession, change: Change) -> Entry:
    content = await session.scalar(
        select(Revision.content).where(
            Revision.collection == change.collection,
            Revision.entry_id == change.entry_id,
            Revision.version == change.version,
        )
    )
    if content is None:
        raise _unknown(change)
    return Entry.model_validate(content).model_copy(update={"version": change.version})


def _unknown(change: Change) -> CannotPublish:
    version = "" if change.version is None else f" (version {change.version})"
    return CannotPublish(*sentence("no_such_revision", entry=change.entry_id, version=version, collection=change.collection))
