"""Conversations that wait for a supervisor or have one, and call-backs to make."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, SequenceNumber, UtcDateTime, now, partial_index
from core.handoff import OPEN

_IS_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN))))


class Handoff(Base):
    """One request for a human, from its beginning to its end. States and moves are those of ``core.handoff``.

    ``owner``: the supervisor who has it.
    ``fencing`` grows at each claim, so that a move planned under an earlier claim is refused.
    ``subject`` and ``best_time`` are masked like any message. ``number`` (encrypted E.164, or the e-mail address of a
        ``mail_back``) is the only place where it is stored; ``number_hint`` is what all others may see of it. It is deleted
        when the request is closed. A typed number or address is kept only from ``collecting_since`` on (the citizen
        consented) until the form ends, when it is emptied.
    ``team``: empty means everybody; ``core.identity.conversation_access`` decides who may read it.
    ``read_seq``: the last message that its owner has seen.
    ``seen_seq``: the last reply shown to the citizen.
    """

    __tablename__ = "handoffs"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    team: Mapped[str] = mapped_column(String(32), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(16))
    alert: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str | None] = mapped_column(String(64))
    fencing: Mapped[int] = mapped_column(default=0)
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    collecting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number_hint: Mapped[str] = mapped_column(String(24), default="")
    best_time: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_seq: Mapped[int] = mapped_column(SequenceNumber, default=0, server_default="0")
    seen_seq: Mapped[int] = mapped_column(SequenceNumber, default=0, server_default="0")

    __table_args__ = (
        # At most one of each kind in a conversation, also with concurrent requests.
        partial_index("uq_handoffs_open", "conversation_id", "kind", where=_IS_OPEN, unique=True),
        partial_index("ix_handoffs_collecting", "collecting_since", where=collecting_since.is_not(None)),
        {"sqlite_autoincrement": True},
    )
