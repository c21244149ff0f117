"""What SMS needs beside conversations: who asked for silence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, UtcDateTime, now


class OptOut(Base):
    """A number that sent STOP. It outlives its conversation: erasing messages must not start messages again.

    ``address_digest`` is keyed, as in ``Conversation``. ``stop_message`` is the message that asked: its one confirmation
    is the only text that still goes out. ``lifted_at`` is set by START; until then nothing is sent.
    """

    __tablename__ = "opt_outs"

    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    stop_message: Mapped[str] = mapped_column(String(32))
    stopped_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
