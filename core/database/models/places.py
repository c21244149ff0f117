"""The directory of offices in use, which file it came from, and what the desk has changed in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class Directory(Base):
    """One imported directory. The newest is in use, and only its offices are kept."""

    __tablename__ = "directories"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(200))
    checksum: Mapped[str] = mapped_column(String(64))
    offices: Mapped[int]
    author: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class OfficeRow(Base):
    """One office of a directory; ``content`` is ``places.offices.office.Office``."""

    __tablename__ = "offices"
    __table_args__ = (Index("ix_offices_kind_commune", "kind", "commune"),)

    directory: Mapped[int] = mapped_column(ForeignKey("directories.version", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    commune: Mapped[str] = mapped_column(String(5))
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class OfficeEdit(Base):
    """One version of an office, written at the desk (``places.offices.office.Office``; ``None``: the office is taken out).

    The newest version that is ``used`` counts instead of the directory's office of this id. ``state``: ``proposed``, ``used``
    or ``dropped``. ``base``: the directory's office when the version was written.
    """

    __tablename__ = "office_edits"

    office: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    base: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
