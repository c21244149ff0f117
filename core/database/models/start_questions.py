"""Questions that editors pin to the start of a conversation, or hide from it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, UtcDateTime, now


class StartQuestion(Base):
    """One choice of an editor. ``id`` is the digest of language and folded text, so that a question is chosen once.

    ``hidden``: it is never offered; otherwise it is pinned, in the order of ``created_at``.
    """

    __tablename__ = "start_questions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    hidden: Mapped[bool]
    author: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
