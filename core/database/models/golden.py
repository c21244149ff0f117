"""Golden questions: questions that the service must answer, and the right entries."""

from datetime import datetime

from sqlalchemy import String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class GoldenQuestion(Base):
    """One question (masked), with the ids of the right entries, any of which will do. No id: the right answer is that there is
    none.

    ``heading`` and ``situation`` (a case's label), if given, say which part of the entry must be shown. ``digest`` is that
    of the folded question, its language and collection, so that no question is stored twice.
    """

    __tablename__ = "golden_questions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8), default="fr")
    collection: Mapped[str] = mapped_column(String(64), default="")
    accepted: Mapped[list[str]] = mapped_column(Json)
    heading: Mapped[str] = mapped_column(Text, default="")
    situation: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(8), default="web")
    origin: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(128))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
