"""The lists of the desk: the history of an entry, work in progress, entries to review, open conflicts, language versions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from core.database import Database
from core.database.models import Conflict, EntryRow, Revision, StaffRow, Step
from core.entry import Entry
from knowledge_base.editing.errors import EditRefused

LIMIT = 200  # rows of a list; nobody reads more


@dataclass(frozen=True)
class WorkflowState:
    """The state of an entry; the names are those of its row."""

    collection: str
    id: str
    title: str
    locale: str
    status: str
    stage: str
    version: int
    head: int
    owner: str
    review_by: date | None
    publish_at: datetime | None
    translation_of: str
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    """One line of a history: a revision (``action`` is saved or imported), or a decision about one."""

    at: datetime
    version: int
    action: str
    author: str
    reason: str


_STATE_COLUMNS: tuple[Any, ...] = tuple(getattr(EntryRow, one.name) for one in fields(WorkflowState))


async def workflow_state(database: Database, collection: str, page: str) -> WorkflowState:
    """Returns the state of the entry. Raises ``EditRefused``: missing."""
    query = select(*_STATE_COLUMNS).where(EntryRow.collection == collection, EntryRow.id == page)
    async with database.read() as session:
        row = (await session.execute(query)).one_or_none()
    if row is None:
        raise EditRefused("missing", f"{collection}/{page}")
    return WorkflowState(*row)


async def history(database: Database, collection: str, page: str) -> list[Event]:
    """Returns all events of the entry, latest first."""
    saved = select(Revision.created_at, Revision.version, Revision.status, Revision.author, Revision.reason).where(
        Revision.collection == collection, Revision.entry_id == page
    )
    decided = select(Step.at, Step.version, Step.action, Step.author, Step.reason).where(
        Step.collection == collection, Step.entry_id == page
    )
    async with database.read() as session:
        revisions = [
            Event(at, version, "saved" if status == "draft" else "imported" if status == "published" else status, *rest)
            for at, version, status, *rest in await session.execute(saved)
        ]
        steps = [Event(*row) for row in await session.execute(decided)]
    return sorted([*revisions, *steps], key=lambda event: (event.at, event.version), reverse=True)


async def revision(database: Database, collection: str, page: str, version: int) -> Entry:
    """Returns the content of revision ``version``. Raises ``EditRefused``: missing."""
    async with database.read() as session:
        found = await session.get(Revision, (collection, page, version))
    if found is None:
        raise EditRefused("missing", f"{collection}/{page}")
    return Entry.model_validate(found.content)


async def in_progress(
    database: Database, stage: str = "", collections: Sequence[str] = (), *, person: str = ""
) -> list[WorkflowState]:
    """Returns entries with a draft (at ``stage``, if given), latest first; of ``collections``, if any are given.

    ``person``: only those that this account owns, or whose latest revision is theirs.
    """
    query = select(*_STATE_COLUMNS).where(EntryRow.stage == stage if stage else EntryRow.stage != "")
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    if person:
        query = query.where((EntryRow.owner == person) | _head_is_by(person))
    async with database.read() as session:
        rows = await session.execute(query.order_by(EntryRow.updated_at.desc()).limit(LIMIT))
        return [WorkflowState(*row) for row in rows]


async def returned(database: Database, person: str = "") -> list[WorkflowState]:
    """Returns the drafts whose latest revision was sent back to its author (``person``, if given) for changes, latest first."""
    sent_back = (
        select(Step.seq)
        .where(Step.collection == EntryRow.collection, Step.entry_id == EntryRow.id)
        .where(Step.version == EntryRow.head, Step.action == "returned")
    )
    query = select(*_STATE_COLUMNS).where(EntryRow.stage == "draft", sent_back.exists())
    if person:
        query = query.where(_head_is_by(person))
    async with database.read() as session:
        rows = await session.execute(query.order_by(EntryRow.updated_at.desc()).limit(LIMIT))
        return [WorkflowState(*row) for row in rows]


def _head_is_by(person: str) -> ColumnElement[bool]:
    head = select(Revision.version).where(Revision.collection == EntryRow.collection, Revision.entry_id == EntryRow.id)
    return head.where(Revision.version == EntryRow.head, Revision.author == person).exists()


async def to_review(database: Database, until: date, *, collections: Sequence[str] = ()) -> list[WorkflowState]:
    """Returns published entries whose review is due by ``until``, most urgent first."""
    query = select(*_STATE_COLUMNS).where(EntryRow.review_by <= until, EntryRow.status == "published")
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    async with database.read() as session:
        rows = await session.execute(query.order_by(EntryRow.review_by).limit(LIMIT))
        return [WorkflowState(*row) for row in rows]


async def with_open_conflicts(
    database: Database, collections: Sequence[str] = (), *, page: str | None = None
) -> list[tuple[WorkflowState, Conflict]]:
    """Returns entries with an open conflict, oldest first; of ``collections`` (if any are given), or one ``page``."""
    query = (
        select(Conflict, *_STATE_COLUMNS)
        .join(EntryRow, (EntryRow.collection == Conflict.collection) & (EntryRow.id == Conflict.entry_id))
        .where(Conflict.resolved_at.is_(None))
        .order_by(Conflict.seq)
        .limit(LIMIT)
    )
    if collections:  # before the limit, so that the list is not filled with others' entries
        query = query.where(Conflict.collection.in_(collections))
    if page is not None:
        query = query.where(Conflict.entry_id == page)
    async with database.read() as session:
        return [(WorkflowState(*row), conflict) for conflict, *row in await session.execute(query)]


async def translations(database: Database, collection: str, page: str) -> list[WorkflowState]:
    """Returns the other language versions of the entry: its original, its translations, and their other translations."""
    entry = await workflow_state(database, collection, page)
    original = entry.translation_of or f"{collection}/{page}"
    home, _, name = original.partition("/")
    query = select(*_STATE_COLUMNS).where(
        or_(EntryRow.translation_of == original, (EntryRow.collection == home) & (EntryRow.id == name))
    )
    async with database.read() as session:
        rows = [WorkflowState(*row) for row in await session.execute(query.order_by(EntryRow.locale))]
    return [row for row in rows if (row.collection, row.id) != (collection, page)]


async def names(database: Database) -> dict[str, str]:
    """Returns account id → the person's name, for lists whose rows name accounts."""
    async with database.read() as session:
        return {row.id: row.name or row.email for row in await session.scalars(select(StaffRow))}
