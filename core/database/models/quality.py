"""The quality of the answers, night by night, from which drift is detected."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class QualityNight(Base):
    """The check of one night, for the local day before (``day``). Counts only: no text, no id of a conversation.

    ``golden``: each golden question's id → whether a right entry came first. ``outcomes``: citizens' turns of that day by
    outcome. ``confidence`` is the sum over those of them that had one (``searched``).
    """

    __tablename__ = "quality_nights"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    snapshot: Mapped[str] = mapped_column(String(64), default="")
    golden: Mapped[dict[str, bool]] = mapped_column(Json)
    outcomes: Mapped[dict[str, int]] = mapped_column(Json)
    searched: Mapped[int] = mapped_column(default=0)
    confidence: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
