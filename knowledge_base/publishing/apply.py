"""The moment of publishing in the record: entries become what their revisions say."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now
from core.database.models import EntryRow, Revision
from core.entry import Entry
from knowledge_base.editing.record import open_conflict
from knowledge_base.errors import ImportRefused
from knowledge_base.publishing.contracts import Change
from knowledge_base.serving import served_version, waiting
from knowledge_base.store import PUBLISHED, WITHDRAWN

_ARCHIVED, _DRAFT = "archived", "draft"


class CannotPublish(ImportRefused):
    """What is asked to be published is not there, or no longer what it was: nothing has changed."""


async def complete(session: AsyncSession, changes: Sequence[Change], collections: Sequence[str] = ()) -> list[Change]:
    """``changes`` with titles and what citizens get now; none: all that imports brought (into ``collections``, if any are
    given) and citizens do not get yet.

    Raises ``CannotPublish`` for what is not there.
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
    """Returns the entries to be published by ``changes``. Raises ``CannotPublish``."""
    return [await _content(session, change) for change in changes if change.version is not None]


async def refuse_disputed(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Raises ``CannotPublish`` where an import and editors have come to disagree since the publication was asked for."""
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id))
        imported = row is not None and row.status == PUBLISHED and row.version == change.version
        if row is None or change.version is None or imported:  # what the import itself has published disputes nothing
            continue
        if await open_conflict(session, row) is not None:
            raise CannotPublish(
                f"Une importation a modifié la fiche « {row.title} » entre-temps : réglez d'abord le désaccord.",
                f"An import has changed the entry '{row.title}' meanwhile: settle the conflict first.",
            )


async def apply_changes(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Make ``changes`` what is published. Raises ``CannotPublish`` where another publication or import came in between."""
    for change in changes:
        row = await session.get(EntryRow, (change.collection, change.entry_id), with_for_update=True, populate_existing=True)
        if row is None:
            raise _unknown(change)
        newer = row.served is not None and change.version is not None and change.version < row.version
        if newer or served_version(row) not in (change.before, change.version):
            raise CannotPublish(
                f"La fiche « {row.title} » a été publiée entre-temps dans une autre version : redemandez la publication.",
                f"The entry '{row.title}' was published in another version meanwhile: ask for the publication again.",
            )
        if change.version is None:
            row.status = _ARCHIVED if row.status != WITHDRAWN else WITHDRAWN
        else:
            await _publish(session, row, change)
        row.served = None
        row.updated_at = now()


async def take_back(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Make the record say again what citizens get, where an import brought what a publication that is dropped was to bring.

    What the import brought stays as a draft: it is published by whoever chooses it, and by nobody unawares.
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
            row.status, row.stage = _DRAFT, row.stage or "draft"
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
    return CannotPublish(
        f"Il n'y a pas de fiche {change.entry_id}{version} dans « {change.collection} ».",
        f"There is no entry {change.entry_id}{version} in '{change.collection}'.",
    )
