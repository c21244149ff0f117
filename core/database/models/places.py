"""The directory of offices in use, and which file it came from."""

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
