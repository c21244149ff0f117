"""Review: what is drawn for judging, the verdicts, and what follows from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Sequence, UtcDateTime, now

_CASCADE = "CASCADE"  # whoever erases a conversation erases what was said about it


class ReviewItem(Base):
    """A reply that was drawn for review on ``day``. ``stratum``: channel, outcome, confidence band and language."""

    __tablename__ = "review_items"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), unique=True)
    stratum: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Verdict(Base):
    """What one reviewer thinks of an item. ``entry``: the right one where another was shown. One a reviewer."""

    __tablename__ = "verdicts"

    item: Mapped[int] = mapped_column(ForeignKey("review_items.seq", ondelete=_CASCADE), primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(64), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    entry: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class EditorTask(Base):
    """Something for an editor to do about ``entry`` (empty: write one). What the citizen asked is read through ``reply_id``,
    which empties when the conversation is erased: no copy of their words is kept here."""

    __tablename__ = "editor_tasks"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    entry: Mapped[str] = mapped_column(String(64), default="")
    reply_id: Mapped[str | None] = mapped_column(ForeignKey("replies.id", ondelete="SET NULL"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_by: Mapped[str] = mapped_column(String(64), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Correction(Base):
    """That a reply was corrected, by which later reply, and by whom. One a reply."""

    __tablename__ = "corrections"

    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), primary_key=True)
    correction_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), index=True)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
