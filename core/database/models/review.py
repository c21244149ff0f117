"""Review: the sampled replies, the verdicts, and the resulting tasks."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, SequenceNumber, UtcDateTime, now

_CASCADE = "CASCADE"  # erasing a conversation also erases the remarks about it


class ReviewItem(Base):
    """A reply sampled for review on ``day``. ``stratum``: channel, outcome, confidence band and language."""

    __tablename__ = "review_items"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), unique=True)
    stratum: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Verdict(Base):
    """One reviewer's opinion on an item; one per reviewer. ``entry``: the right one, if another was shown."""

    __tablename__ = "verdicts"

    item: Mapped[int] = mapped_column(ForeignKey("review_items.seq", ondelete=_CASCADE), primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(64), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    entry: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class EditorTask(Base):
    """A task for an editor about ``entry`` (empty: write one).

    The citizen's question is read through ``reply_id``, which becomes empty when the conversation is erased: their words are
    not copied here.
    """

    __tablename__ = "editor_tasks"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    entry: Mapped[str] = mapped_column(String(64), default="")
    reply_id: Mapped[str | None] = mapped_column(ForeignKey("replies.id", ondelete="SET NULL"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_by: Mapped[str] = mapped_column(String(64), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Correction(Base):
    """The correction of a reply: the later reply and its author. One per reply."""

    __tablename__ = "corrections"

    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), primary_key=True)
    correction_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), index=True)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
