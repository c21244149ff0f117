"""Answers that wait for a supervisor before they are sent, and the subjects whose answers wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now

_CASCADE = "CASCADE"  # erasing a conversation also erases its unsent answers


class CheckedSubject(Base):
    """Answers about ``theme`` (words of an entry's breadcrumb or title, or its id) are checked before they are sent.

    ``minutes``: how long a citizen waits at most for a supervisor to take the answer.
    """

    __tablename__ = "checked_subjects"

    theme: Mapped[str] = mapped_column(String(100), primary_key=True)
    minutes: Mapped[int]
    author: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class HeldAnswer(Base):
    """An answer of the bot to ``message_id`` that waits at the desk under ``handoff_id``.

    ``state`` is ``waiting``, then ``approved``, ``changed``, ``refused`` or ``lapsed`` (no supervisor took it by
    ``due_at``). ``blocks`` are the signed blocks to send; ``text``, ``offered`` and ``rest`` their form on the channel
    (``conversations.ports.Rendered``; empty on the website). The other columns are those of a ``Reply``.
    """

    __tablename__ = "held_answers"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE), index=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id", ondelete=_CASCADE), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete=_CASCADE), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    blocks: Mapped[list[Any]] = mapped_column(Json)
    entry: Mapped[str] = mapped_column(String(64), default="")
    entry_version: Mapped[int] = mapped_column(default=0)
    snapshot: Mapped[str] = mapped_column(String(64), default="")
    confidence: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text, default="")
    segments: Mapped[int] = mapped_column(default=0)
    offered: Mapped[list[Any]] = mapped_column(Json, default=list)
    rest: Mapped[list[Any]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = ({"sqlite_autoincrement": True},)
