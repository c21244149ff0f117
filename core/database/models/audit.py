"""The audit: who did what to which object, each row chained to the one before."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, UtcDateTime


class AuditRow(Base):
    """One act. ``seq`` counts from 1 without a gap. ``digest`` covers all other columns, ``previous`` included.

    ``details`` is canonical JSON as text: a JSON column would return other bytes than the digested ones. Triggers refuse to
    update or delete a row, but for those up to the checkpoint (``core.audit.retention``).
    """

    __tablename__ = "audit_rows"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_rows_target", "target"), Index("ix_audit_rows_actor", "actor"))


class AuditHead(Base):
    """The one row (``id`` 1) that every writer locks: number and digest of the chain's last row, and the last deleted one."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    checkpoint: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
