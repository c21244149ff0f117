"""Editors' tasks from verdicts: listed and closed by editors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from core import both_languages
from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import EditorTask, EntryRow, Message, Reply
from core.identity.staff import staff_names

type _Tasks = Select[EditorTask, str | None, str | None]  # with the citizen's question, and the conversation's id
CHECK_KINDS = ("drift", "link", "fact", "office")  # kinds of tasks that come from a check of the service, not from a reviewer


@dataclass(frozen=True, slots=True)
class Task:
    """A task for editors. ``question`` is empty once the conversation is gone, ``title`` and ``collection`` once the entry is.
    ``asked_by`` and ``closed_by`` are names. ``conversation``: its id, empty once it is gone.
    """

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
    conversation: str

    def note_in(self, language: str) -> str:
        """Returns the note: a reviewer's as it was written, that of a check in ``language``."""
        return both_languages.part_in(self.note, language) if self.kind in CHECK_KINDS else self.note


async def open_tasks(
    database: Database, *, collections: tuple[str, ...] = (), without_kinds: tuple[str, ...] = (), limit: int = 100
) -> list[Task]:
    """Returns the open tasks, oldest first, except of the kinds ``without_kinds``. With ``collections``: only those about their
    entries, or about no entry.
    """
    query = (
        _tasks()
        .where(EditorTask.closed_at.is_(None), EditorTask.kind.not_in(without_kinds))
        .order_by(EditorTask.seq)
        .limit(limit)
    )
    return await _read(database, query, collections)


async def count_tasks(database: Database, *, collections: tuple[str, ...] = ()) -> int:
    """Returns the number of the open tasks, as ``open_tasks`` returns them."""
    query = select(func.count()).select_from(EditorTask).where(EditorTask.closed_at.is_(None), *_within(collections))
    async with database.read() as session:
        return await session.scalar(query) or 0


async def closed_tasks(database: Database, *, collections: tuple[str, ...] = (), limit: int = 20) -> list[Task]:
    """Returns the tasks closed last, latest first."""
    query = _tasks().where(EditorTask.closed_at.is_not(None)).order_by(EditorTask.closed_at.desc()).limit(limit)
    return await _read(database, query, collections)


async def close_task(database: Database, seq: int, who: str, *, collections: tuple[str, ...] = ()) -> bool:
    """Closes a task of ``collections`` (empty: any). Returns false if there is none, or it is closed already."""
    async with database.write() as session:
        query = update(EditorTask).where(EditorTask.seq == seq, EditorTask.closed_at.is_(None), *_within(collections))
        closed = await session.execute(query.values(closed_by=who, closed_at=now()).returning(EditorTask.kind))
        kind = closed.scalar_one_or_none()
        if kind is None:
            return False
        await record(session, actor=who, action="task.closed", target=f"task:{seq}", details={"kind": kind})
    return True


async def reopen_task(database: Database, seq: int, who: str, *, collections: tuple[str, ...] = ()) -> bool:
    """Reopens a closed task of ``collections`` (empty: any). Returns false if there is none."""
    async with database.write() as session:
        changed = await session.execute(
            update(EditorTask)
            .where(EditorTask.seq == seq, EditorTask.closed_at.is_not(None), *_within(collections))
            .values(closed_by="", closed_at=None)
            .returning(EditorTask.seq)
        )
        if changed.scalar_one_or_none() is None:
            return False
        await record(session, actor=who, action="task.reopened", target=f"task:{seq}")
    return True


def _within(collections: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Returns the conditions for tasks about entries of ``collections``, or about no entry; none without ``collections``."""
    entries = select(EntryRow.id).where(EntryRow.collection.in_(collections))
    return [or_(EditorTask.entry == "", EditorTask.entry.in_(entries))] if collections else []


def _tasks() -> _Tasks:
    return (
        select(EditorTask, Message.text, Reply.conversation_id)
        .outerjoin(Reply, Reply.id == EditorTask.reply_id)
        .outerjoin(Message, Message.id == Reply.in_reply_to)
    )


async def _read(database: Database, query: _Tasks, collections: tuple[str, ...]) -> list[Task]:
    async with database.read() as session:
        rows = (await session.execute(query.where(*_within(collections)))).all()
        identifiers = {task.entry for task, _, _ in rows}
        entry_rows = await session.execute(
            select(EntryRow.id, EntryRow.title, EntryRow.collection)
            .where(EntryRow.id.in_(identifiers))
            .order_by(EntryRow.collection)
        )
        entries = {entry: (title, collection) for entry, title, collection in entry_rows}
        names = await staff_names(session)
    tasks = []
    for task, question, conversation in rows:
        title, collection = entries.get(task.entry, ("", ""))
        tasks.append(
            Task(
                seq=task.seq,
                kind=task.kind,
                entry=task.entry,
                title=title,
                collection=collection,
                note=task.note,
                question=question or "",
                asked_by=names.get(task.created_by, task.created_by),
                asked_at=task.created_at,
                closed_by=names.get(task.closed_by, task.closed_by),
                closed_at=task.closed_at,
                conversation=conversation or "",
            )
        )
    return tasks
