"""Publications: the changes to publish, the findings of the gate, and the result."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class Publication(Base):
    """One publication, or its reversal (``kind``). States and moves are those of ``knowledge_base.publishing``.

    ``changes`` names revisions to publish or entries to withdraw, each with what was published ``before``. ``candidate`` is
    the snapshot built from them on top of ``base``, ``content`` the digest of all its entries. ``go_at_once``: the
    activation waits for no approval, unless the gate objects. ``owner`` works on it until ``expires_at``; an overdue one is
    taken over. ``applied`` counts activations: every node answers from the highest.
    """

    __tablename__ = "publications"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    go_at_once: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    step: Mapped[str] = mapped_column(String(16), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    base: Mapped[str] = mapped_column(String(64), default="")
    candidate: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[str] = mapped_column(String(64), default="")
    verdict: Mapped[str] = mapped_column(String(16), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(64), default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied: Mapped[int | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_publications_state", "state"), {"sqlite_autoincrement": True})
