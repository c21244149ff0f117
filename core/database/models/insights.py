"""Counts of each day: no text, no id of a conversation, nothing that identifies anybody."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, SequenceNumber, UtcDateTime, now


class InsightDay(Base):
    """A local day that was counted. ``sealed``: it is not counted again, so that later erasures change no figure."""

    __tablename__ = "insight_days"

    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sealed: Mapped[bool] = mapped_column(default=False, server_default=false())
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class InsightFigure(Base):
    """One count of one local day. ``kind`` says of what (``analytics.insights.figures``), ``key`` which one.

    ``theme`` is the widest theme of the entry shown, empty if there was none. ``total`` is a sum that goes with ``count``
    (milliseconds, ten-thousandths of a euro), 0 if there is none.
    """

    __tablename__ = "insight_figures"

    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    theme: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(SequenceNumber, default=0)

    __table_args__ = (
        Index("ix_insight_figures_key", "origin", "kind", "key", "day"),  # the course of one subject over time
        {"sqlite_with_rowid": False},  # rows are stored in the order of the key, in which they are read
    )
