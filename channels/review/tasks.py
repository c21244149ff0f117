"""What verdicts ask of editors: seen by them, closed by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import EditorTask, EntryRow, Message, Reply, StaffRow


@dataclass(frozen=True, slots=True)
class Task:
    """A task for editors; ``question`` is empty once the conversation is gone, ``title`` and ``collection`` where the entry
    is. ``asked_by`` and ``closed_by`` are names."""

    seq: int
    kind: str
    entry: str
    title: str
    collection: str
    note: str
    question: str
    asked_by: str
    asked_at: datetime
    closed_by: str
    closed_at: datetime | None


async def open_tasks(database: Database, *, collections: tuple[str, ...] = (), limit: int = 100) -> list[Task]:
    """The tasks that are not closed, oldest first; with ``collections``, those about their entries and about none."""
    query = _tasks().where(EditorTask.closed_at.is_(None)).order_by(EditorTask.seq).limit(limit)
    return await _read(database, query, collections)


async def closed_tasks(database: Database, *, collections: tuple[str, ...] = (), limit: int = 20) -> list[Task]:
    """The tasks closed last, the last one first."""
    query = _tasks().where(EditorTask.closed_at.is_not(None)).order_by(EditorTask.closed_at.desc()).limit(limit)
    return await _read(database, query, collections)


async def close_task(database: Database, seq: int, who: str, *, collections: tuple[str, ...] = ()) -> bool:
    """Close a task of ``collections`` (empty: any). False: there is no such task, or it is closed already."""
    async with database.write() as session:
        allowed = select(EntryRow.id).where(EntryRow.collection.in_(collections))
        query = update(EditorTask).where(EditorTask.seq == seq, EditorTask.closed_at.is_(None))
        if collections:
            query = query.where(or_(EditorTask.entry == "", EditorTask.entry.in_(allowed)))
        gone = await session.execute(query.values(closed_by=who, closed_at=now()).returning(EditorTask.kind))
        kind = gone.scalar_one_or_none()
        if kind is None:
            return False
        await record(session, actor=who, action="task.closed", target=f"task:{seq}", details={"kind": kind})
    return True


async def reopen_task(database: Database, seq: int, who: str) -> bool:
    """Open a closed task again. False: there is none."""
    async with database.write() as session:
        changed = await session.execute(
            update(EditorTask)
            .where(EditorTask.seq == seq, EditorTask.closed_at.is_not(None))
            .values(closed_by="", closed_at=None)
            .returning(EditorTask.seq)
        )
        if changed.scalar_one_or_none() is None:
            return False
        await record(session, actor=who, action="task.reopened", target=f"task:{seq}")
    return True


def _tasks() -> Select[EditorTask, str | None]:
    return (
        select(EditorTask, Message.text)
        .outerjoin(Reply, Reply.id == EditorTask.reply_id)
        .outerjoin(Message, Message.id == Reply.in_reply_to)
    )


async def _read(database: Database, query: Select[EditorTask, str | None], collections: tuple[str, ...]) -> list[Task]:
    if collections:
        theirs = select(EntryRow.id).where(EntryRow.collection.in_(collections))
        query = query.where(or_(EditorTask.entry == "", EditorTask.entry.in_(theirs)))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
        named = {task.entry for task, _ in rows}
        found = await session.execute(
            select(EntryRow.id, EntryRow.title, EntryRow.collection).where(EntryRow.id.in_(named)).order_by(EntryRow.collection)
        )
        entries = {entry: (title, collection) for entry, title, collection in found}
        people = await session.execute(
            select(StaffRow.id, func.coalesce(func.nullif(StaffRow.name, ""), StaffRow.email).label("name"))
        )
        names = {row.id: row.name for row in people.all()}
    tasks = []
    for task, question in rows:
        title, collection = entries.get(task.entry, ("", ""))
        tasks.append(
            Task(
                task.seq,
                task.kind,
                task.entry,
                title,
                collection,
                task.note,
                question or "",
                names.get(task.created_by, task.created_by),
                task.created_at,
                names.get(task.closed_by, task.closed_by),
                task.closed_at,
            )
        )
    return tasks
