"""The knowledge base in the record: entries, their immutable revisions, decisions about them, and import runs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class EntryRow(Base):
    """The present state of an entry: the version for citizens, and the state of the editors' work.

    ``content`` is ``core.entry.Entry`` as JSON, ``version`` its revision and ``digest`` its digest. ``status`` says whether
        it is published, was, or will be: draft, published, withdrawn by its source, archived by an editor.
    ``head`` is the revision that editors work from: ``version``, or a newer one while ``stage`` is not empty (draft,
        in_review, approved, scheduled).
    ``latest`` is the highest revision.
    ``base`` is the revision from the last import; none if editors wrote the entry.
    ``served`` is the revision that citizens still get if an import has changed what is published and no index with it was
        activated (0: none); empty if both are the same.
    """

    __tablename__ = "entries"

    collection: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    locale: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), default="published")
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    head: Mapped[int] = mapped_column(default=1)
    latest: Mapped[int] = mapped_column(default=1)
    stage: Mapped[str] = mapped_column(String(16), default="")
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    base: Mapped[int | None]
    served: Mapped[int | None]
    owner: Mapped[str] = mapped_column(String(128), default="")
    review_by: Mapped[date | None] = mapped_column(Date)
    translation_of: Mapped[str] = mapped_column(String(129), default="")  # collection/id of the entry it translates

    __table_args__ = (
        Index("ix_entries_status", "status"),
        Index("ix_entries_stage", "stage"),
        Index("ix_entries_served", "served"),
        Index("ix_entries_translation_of", "translation_of"),
    )


class Revision(Base):
    """One saved state of an entry: never changed, never deleted. ``version`` counts from 1.

    ``status`` is what it was saved as (draft, imported, published, withdrawn); later decisions are in ``steps``. ``parent``
    is the revision that its author started from.
    """

    __tablename__ = "revisions"

    collection: Mapped[str] = mapped_column(String(64), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    author: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    parent: Mapped[int | None]

    __table_args__ = (ForeignKeyConstraint(["collection", "entry_id"], ["entries.collection", "entries.id"]),)


class Step(Base):
    """One decision about a revision: submitted, returned, approved, scheduled, published, archived, … Never changed."""

    __tablename__ = "steps"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    collection: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    action: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        ForeignKeyConstraint(["collection", "entry_id"], ["entries.collection", "entries.id"]),
        Index("ix_steps_entry", "collection", "entry_id"),
    )


class Autosave(Base):
    """Unsaved text of an editor: one per person and entry, replaced during typing, deleted when the editor saves."""

    __tablename__ = "autosaves"

    collection: Mapped[str] = mapped_column(String(64), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)  # the entry may not exist yet
    author: Mapped[str] = mapped_column(String(128), primary_key=True)
    started_from: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Conflict(Base):
    """An undecided difference between the changes of an import and of editors: at most one open per entry.

    ``base``, ``local`` and ``theirs`` are revisions (no ``base`` if both are new; no ``theirs`` if the source has withdrawn
    the entry). ``parts`` lists the differences. ``proposal`` is the merged content, with the local side where they differ.
    """

    __tablename__ = "conflicts"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    collection: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[str] = mapped_column(String(64))
    base: Mapped[int | None]
    local: Mapped[int]
    theirs: Mapped[int | None]
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    proposal: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str] = mapped_column(String(128), default="")

    __table_args__ = (
        ForeignKeyConstraint(["collection", "entry_id"], ["entries.collection", "entries.id"]),
        Index("ix_conflicts_entry", "collection", "entry_id"),
    )


class Collection(Base):
    """A set of entries with one owner: national, local, or of one service."""

    __tablename__ = "collections"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(16), default="local")  # national, local, service


class ImportRun(Base):
    """One executed import: what it read (checksum) and what it did."""

    __tablename__ = "import_runs"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(Text)
    collection: Mapped[str] = mapped_column(String(64))
    checksum: Mapped[str] = mapped_column(String(64))
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    withdrawn: Mapped[int]
    conflicts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ImportTask(Base):
    """An import requested at the desk: waiting, running, previewed, done, cancelled or failed.

    ``plan`` says what to read and how; ``report`` what it would do, or did.
    """

    __tablename__ = "import_tasks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    author: Mapped[str] = mapped_column(String(128))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    __table_args__ = (Index("ix_import_tasks_state", "state"),)


class SavedView(Base):
    """A list of entries that a person found again and again: the filters and the order (``query``, as in the address)."""

    __tablename__ = "saved_views"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"sqlite_autoincrement": True},)
