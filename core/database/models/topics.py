"""Topics that other administrations handle, maintained by editors."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class TopicRow(Base):
    """One topic. ``version`` is the newest one written, ``active`` the one that citizens get (``None``: none yet)."""

    __tablename__ = "topics"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    active: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TopicVersion(Base):
    """The content of a topic from one version on (``retrieval.contracts.Topic``); ``None``: the topic is removed."""

    __tablename__ = "topic_versions"

    topic_id: Mapped[str] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    author: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
