"""Groups of synonyms, maintained by editors: citizens' words for the pages' words."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class SynonymGroup(Base):
    """One group. ``version`` is the newest one written, ``active`` the one used by searches (``None``: none yet).

    The two differ while a change waits for a person who may activate it.
    """

    __tablename__ = "synonym_groups"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    active: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SynonymVersion(Base):
    """The content of a group from one version on (``retrieval.query.synonyms.Group``); ``None``: the group is removed."""

    __tablename__ = "synonym_versions"

    group_id: Mapped[str] = mapped_column(ForeignKey("synonym_groups.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    author: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
