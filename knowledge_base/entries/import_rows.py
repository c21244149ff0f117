"""Reads a collection's state for an import, and writes its plan, in few statements for any number of entries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.database.advisory import advisory_lock
from core.database.base import now
from core.database.models.entries import Conflict, EntryRow, Revision
from core.entry import Entry
from knowledge_base.entries.import_plan import PUBLISHED, Change, Contents, EntryState

_BATCH = 500  # rows in a statement: about 5 MB of JSON


async def lock_collection(session: AsyncSession, collection: str, *, shared: bool = False) -> None:
    """Locks the collection for an import; with ``shared``, keeps imports away while an editor saves."""
    await advisory_lock(session, collection, shared=shared)


async def known_entries(session: AsyncSession, collection: str) -> dict[str, EntryState]:
    """Returns the state of each entry of ``collection``, by id. The columns are in the order of ``EntryState``."""
    head, base, theirs = aliased(Revision), aliased(Revision), aliased(Revision)
    query = (
        select(
            EntryRow.id,
            EntryRow.version,
            EntryRow.digest,
            EntryRow.status,
            EntryRow.head,
            func.coalesce(head.digest, EntryRow.digest).label("head_digest"),
            EntryRow.stage,
            EntryRow.latest,
            EntryRow.base,
            base.digest.label("base_digest"),
            Conflict.seq.is_not(None).label("open_conflict"),
            theirs.digest.label("theirs_digest"),
        )
        .outerjoin(head, _is(head, EntryRow.head))
        .outerjoin(base, _is(base, EntryRow.base))
        .outerjoin(
            Conflict,
            and_(Conflict.collection == EntryRow.collection, Conflict.entry_id == EntryRow.id, Conflict.resolved_at.is_(None)),
        )
        .outerjoin(theirs, _is(theirs, Conflict.theirs))
        .where(EntryRow.collection == collection)
    )
    return {page: EntryState(*state) for page, *state in await session.execute(query)}


def _is(revision: Any, version: Any) -> Any:
    return and_(revision.collection == EntryRow.collection, revision.entry_id == EntryRow.id, revision.version == version)


async def contents_of(session: AsyncSession, collection: str, ids: Iterable[str]) -> dict[str, Contents]:
    """Returns the contents that merging needs, of the entries with these ids."""
    head, base = aliased(Revision), aliased(Revision)
    found: dict[str, Contents] = {}
    for batch in batched(ids, _BATCH):
        query = (
            select(EntryRow.id, EntryRow.content, head.content, base.content)
            .outerjoin(head, _is(head, EntryRow.head))
            .outerjoin(base, _is(base, EntryRow.base))
            .where(EntryRow.collection == collection, EntryRow.id.in_(batch))
        )
        for page, published, headed, based in await session.execute(query):
            entry = Entry.model_validate(published)
            working = entry if headed is None else Entry.model_validate(headed)
            found[page] = Contents(None if based is None else Entry.model_validate(based), entry, working)
    return found


async def write(session: AsyncSession, changes: Sequence[Change], *, author: str, reason: str) -> None:
    """Applies ``changes`` of one collection."""
    at = now()
    for batch in batched(changes, _BATCH):
        created = [_row(change) | {"updated_at": at} for change in batch if change.outcome == "created"]
        if created:
            await session.execute(insert(EntryRow.__table__), created)  # type: ignore[arg-type]
        changed = [
            {f"the_{name}": value for name, value in (_row(change) | {"updated_at": at}).items()}
            for change in batch
            if change.outcome != "created"
        ]
        if changed:
            # On the connection: the session would treat many parameter sets as an ORM bulk update by primary key.
            await (await session.connection()).execute(_UPDATE, changed)
        revisions = [row | {"author": author, "reason": reason, "created_at": at} for row in _revisions(batch)]
        if revisions:
            await session.execute(insert(Revision.__table__), revisions)  # type: ignore[arg-type]
    for change in changes:
        await _conflict(session, change, author)


async def _conflict(session: AsyncSession, change: Change, author: str) -> None:
    entry = change.content
    if change.closes_conflict:
        await session.execute(
            update(Conflict)
            .where(Conflict.collection == entry.collection, Conflict.entry_id == entry.id, Conflict.resolved_at.is_(None))
            .values(resolved_at=now(), resolved_by=author)
        )
    if (new := change.conflict) is not None:
        session.add(
            Conflict(
                collection=entry.collection,
                entry_id=entry.id,
                base=new.base,
                local=new.local,
                theirs=new.theirs,
                parts=[asdict(clash) for clash in new.clashes],
                proposal=new.proposal.model_dump(mode="json"),
            )
        )


def _row(change: Change) -> dict[str, Any]:
    entry = change.content
    return {
        "collection": entry.collection,
        "id": entry.id,
        "locale": entry.locale,
        "title": entry.title,
        "version": entry.version,
        "digest": change.digest,
        "status": change.status,
        "content": entry.model_dump(mode="json"),
        "head": change.head,
        "stage": change.stage,
        "latest": change.latest,
        "base": change.base,
        **({"owner": "", "translation_of": "", "served": 0} if change.outcome == "created" else {}),
    }


def _revisions(changes: Iterable[Change]) -> Iterator[dict[str, Any]]:
    for change in changes:
        for new in change.revisions:
            yield {
                "collection": new.entry.collection,
                "entry_id": new.entry.id,
                "version": new.entry.version,
                "digest": new.digest,
                "status": new.status,
                "content": new.entry.model_dump(mode="json"),
                "parent": new.parent,
            }


def _still_served(status: Any, version: Any) -> Any:
    """Returns, as SQL, the revision that citizens still get after an import has set ``status`` and ``version``."""
    was, will = EntryRow.status == PUBLISHED, status == PUBLISHED
    same = or_(and_(was, will, EntryRow.version == version), and_(EntryRow.status != PUBLISHED, status != PUBLISHED))
    return case((EntryRow.served.is_not(None), EntryRow.served), (same, None), (was, EntryRow.version), else_=0)


def _update_statement() -> Update:
    changing = ("locale", "title", "version", "digest", "status", "content", "head", "stage", "latest", "base", "updated_at")
    values: Iterator[tuple[str, Any]] = ((name, bindparam(f"the_{name}")) for name in changing)
    return (
        update(EntryRow.__table__)  # type: ignore[arg-type]
        .where(EntryRow.collection == bindparam("the_collection"), EntryRow.id == bindparam("the_id"))
        .values(dict(values) | {"served": _still_served(bindparam("the_status"), bindparam("the_version"))})
    )


_UPDATE = _update_statement()
