"""The entry on an edit page: the head revision, the editor's unsaved text, and the right to edit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy import select

from core.database import Database
from core.database.models import EntryRow, Revision, StaffRow
from core.entry import Entry
from core.identity import Staff
from core.problems import Problem
from desk.shell import shell_of
from knowledge_base.desk.editor.catalogue import shown_status
from knowledge_base.desk.editor.form import FormError
from knowledge_base.editing import saving
from knowledge_base.entries.served_content import served_version


@dataclass(frozen=True, slots=True)
class EditedEntry:
    """``entry`` is the content of the form; ``head`` the revision that it started from (0: new). ``kept_at`` is when the
    unsaved text was kept, if the form shows it. ``published`` is the revision that citizens get, if any.
    """

    entry: Entry
    head: int
    status: str
    stage: str
    published: int | None
    author: str = ""
    saved_at: datetime | None = None
    kept_at: datetime | None = None


async def edited_entry(database: Database, collection: str, identifier: str, staff: Staff) -> EditedEntry:
    """Returns the entry as shown to ``staff``. Raises ``Problem`` 404."""
    async with database.read() as session:
        row = await session.get(EntryRow, (collection, identifier))
        if row is None:
            raise Problem(404, "editor.no_entry")
        head = await session.get(Revision, (collection, identifier, row.head))
    unsaved = await saving.unsaved_text(database, collection, identifier, staff.id) if staff.may_edit(collection) else None
    content = head.content if head is not None else row.content
    return EditedEntry(
        entry=unsaved.entry if unsaved else Entry.model_validate(content),
        head=unsaved.started_from if unsaved else row.head,
        status=shown_status(row.status, row.served),
        stage=row.stage,
        published=served_version(row),
        author=head.author if head else "",
        saved_at=head.created_at if head else None,
        kept_at=unsaved.saved_at if unsaved else None,
    )


async def base_of(database: Database, collection: str, identifier: str, version: int) -> Entry:
    """Returns the revision that a form started from. Raises ``Problem`` 404."""
    async with database.read() as session:
        found = await session.get(Revision, (collection, identifier, version))
    if found is None:
        raise Problem(404, "editor.no_entry")
    return Entry.model_validate(found.content)


async def name_of(database: Database, author: str) -> str:
    """Returns a person's name if ``author`` is an account, else ``author`` itself (an import, a command)."""
    async with database.read() as session:
        return await session.scalar(select(StaffRow.name).where(StaffRow.id == author)) or author


def form_error_json(request: Request, staff: Staff, error: FormError) -> dict[str, Any]:
    """Returns the values for the text of ``error``, and the name of the field in the language of ``staff``."""
    return {**error.values, "label": shell_of(request).words.text("editor", error.label, staff.language)}


def must_edit(staff: Staff, collection: str) -> None:
    """Raises ``Problem`` 403 unless ``staff`` may change entries of ``collection``."""
    if not staff.may_edit(collection):
        raise Problem(403, "editor.not_your_collection")
