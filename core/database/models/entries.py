"""The knowledge base's record: entries, their immutable revisions, and import runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, Sequence, UtcDateTime, now


class EntryRow(Base):
    """The present state of an entry. ``content`` is ``core.entry.Entry`` as JSON; ``digest`` is its digest."""

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

    __table_args__ = (Index("ix_entries_status", "status"),)


class Revision(Base):
    """One saved state of an entry: never changed, never deleted. ``version`` counts from 1."""

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

    __table_args__ = (ForeignKeyConstraint(["collection", "entry_id"], ["entries.collection", "entries.id"]),)


class ImportRun(Base):
    """One import that was carried out: what it read (checksum) and what it did."""

    __tablename__ = "import_runs"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(Text)
    collection: Mapped[str] = mapped_column(String(64))
    checksum: Mapped[str] = mapped_column(String(64))
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    withdrawn: Mapped[int]
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
