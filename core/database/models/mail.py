"""E-mail to staff and to citizens who left their address, waiting or sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class Mail(Base):
    """One e-mail, to the person ``staff_id`` or for ``conversation_id``. ``content`` is encrypted, because a link in it opens
    an account or a conversation: subject and text, and the address of a citizen.

    It is deleted once ``ended_at`` is set: the e-mail was sent or given up (``error`` says why). ``about``: its subject, for
    kind ``calls``; the id of the reply, for kind ``answer``.
    """

    __tablename__ = "mails"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    about: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        Index("ix_mails_due", "ended_at", "due_at"),
        Index("ix_mails_staff", "staff_id", "kind"),
        {"sqlite_autoincrement": True},
    )
