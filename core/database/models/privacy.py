"""Evidence that erasures and the retention were carried out."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class ErasedConversation(Base):
    """A conversation that was erased on request: a restored backup must not bring it back.

    The id is random and identifies nobody. ``exported``: it has left the machine with a head of the audit.
    """

    __tablename__ = "erased_conversations"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    exported: Mapped[bool] = mapped_column(default=False, server_default=false(), index=True)


class RetentionRun(Base):
    """One run of the retention: how many rows of each kind it deleted, and how many overdue rows were left (``overdue``)."""

    __tablename__ = "retention_runs"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    days: Mapped[int]
    deleted: Mapped[dict[str, Any]] = mapped_column(Json)
    overdue: Mapped[dict[str, Any]] = mapped_column(Json)
