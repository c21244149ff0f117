"""Questions without an answer: clusters of messages, and the editors' decision on each."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class DemandCluster(Base):
    """One subject. ``centroid`` (float32, of ``model``) identifies later messages of the same subject. ``name`` is made of the
    cluster's own ``terms``; once an editor has named it (``named_by``), it stays.

    ``status``: open, drafted, attached (both with ``entry``, as collection/id), out_of_scope. ``decided_at``: when.
    """

    __tablename__ = "demand_clusters"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text)
    named_by: Mapped[str] = mapped_column(String(128), default="")
    terms: Mapped[list[str]] = mapped_column(Json)
    model: Mapped[str] = mapped_column(String(128))
    centroid: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(16), default="open", index=True)
    entry: Mapped[str] = mapped_column(String(129), default="")
    assigned_to: Mapped[str] = mapped_column(String(128), default="")
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = ({"sqlite_autoincrement": True},)


class DemandMember(Base):
    """A message of a cluster. It is deleted with its conversation, and holds no copy of a citizen's words.

    ``kind`` says how it failed (no_answer, refused, negative, handoff), or is the outcome of a message that did not fail.
    """

    __tablename__ = "demand_members"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    cluster: Mapped[int] = mapped_column(ForeignKey("demand_clusters.seq", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    similarity: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_demand_members_cluster_at", "cluster", "at"),)
