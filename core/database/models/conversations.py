"""Conversations, their messages and replies, and the state of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now, partial_index

_CASCADE = "CASCADE"  # erasing a conversation erases all of it


class Conversation(Base):
    """All turns of one citizen on one channel: the unit of ordering, privacy and erasure.

    ``id`` is random, never a telephone number. By SMS ``address_digest`` (keyed) finds the conversation of a number, and
        ``address`` (encrypted) is needed to answer it.
    ``offered``: the payloads of the choices offered last, in order, to understand "2" by SMS.
    ``options``: all choices on any channel, as in the reply's blocks (label, signed payload): typing a label counts as
        pressing its button.
    ``rest``: the blocks that did not fit, for SUITE.
    ``language``: the chosen one, or the service's.
    ``spoken``: another one in which the citizen wrote since.
    ``closing``: the citizen sent EFFACER; the row is deleted once that is confirmed.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
    origin: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    spoken: Mapped[str | None] = mapped_column(String(8))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider: Mapped[str | None] = mapped_column(String(32))
    offered: Mapped[list[Any] | None] = mapped_column(Json)
    options: Mapped[list[Any] | None] = mapped_column(Json)
    rest: Mapped[list[Any] | None] = mapped_column(Json)
    closing: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    __table_args__ = (partial_index("ix_conversations_closing", "last_at", where=closing.is_(True)),)

    @property
    def last_language(self) -> str:
        """Returns the language to answer in: that of the last message, or the chosen one."""
        return self.spoken or self.language


class Message(Base):
    """A message of a citizen, masked. ``dedup`` makes a second delivery of the same message a no-op.

    ``outcome`` stays empty until the turn's reply is committed, in the same transaction. ``attempts`` counts how often a
    worker began it, to stop retrying a message that crashes workers. A pressed choice has its verified ``payload``, and its
    label as ``text``; a typed choice (its number, its label) gets its payload once it is answered.
    """

    __tablename__ = "messages"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE))
    external_id: Mapped[str] = mapped_column(String(64))
    dedup: Mapped[str] = mapped_column(String(160), unique=True)
    text: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    masked: Mapped[list[str] | None] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    outcome: Mapped[str | None] = mapped_column(String(16))
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        Index("ix_messages_conversation_id_seq", "conversation_id", "seq"),
        # Always small: finding waiting messages must not cost more in a long conversation than in a short one.
        partial_index("ix_messages_waiting", "conversation_id", "seq", where=outcome.is_(None)),
        # Without it, SQLite would read all messages ever received, to return the waiting ones in order.
        partial_index("ix_messages_waiting_since", "received_at", where=outcome.is_(None)),
        Index("ix_messages_received_at", "received_at"),
        {"sqlite_autoincrement": True},  # a number is never used twice: clients resume after the last one they saw
    )


class Reply(Base):
    """The one reply to a message (``in_reply_to``), or a message from a human or the service (``in_reply_to`` empty).

    ``author``: the staff id of the human who wrote it, visible to colleagues only; empty if no human did.
    """

    __tablename__ = "replies"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE))
    in_reply_to: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete=_CASCADE), unique=True)
    outcome: Mapped[str] = mapped_column(String(16))
    blocks: Mapped[list[Any]] = mapped_column(Json)
    entry: Mapped[str] = mapped_column(String(64), default="")
    entry_version: Mapped[int] = mapped_column(default=0)
    snapshot: Mapped[str] = mapped_column(String(64), default="")
    confidence: Mapped[float | None]
    milliseconds: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    __table_args__ = (
        Index("ix_replies_conversation_id_seq", "conversation_id", "seq"),
        Index("ix_replies_entry_created_at", "entry", "created_at"),  # the latest conversations about one subject
        {"sqlite_autoincrement": True},
    )


class Delivery(Base):
    """One SMS of a reply: queued → sending → sent → delivered, or failed, expired, or uncertain (fate unknown).

    ``attempts`` counts those at the present ``provider``. The total deadline is counted from ``created_at``.
    """

    __tablename__ = "deliveries"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), index=True)
    part: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(String(32))
    provider_message_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    segments: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Receipt(Base):
    """A provider's report that arrived before its answer to our request was stored: it is applied after that."""

    __tablename__ = "receipts"

    provider_message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str] = mapped_column(String(64), default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Feedback(Base):
    """A citizen's opinion on a reply: useful or not, and why not. One per reply; a second one replaces it."""

    __tablename__ = "feedback"

    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), primary_key=True)
    useful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(32), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Satisfaction(Base):
    """A citizen's verdict at the end of a contact. One for each conversation; a second one replaces it.

    ``missing``: what was missing, in one word (``channels.web.api.satisfaction``); empty if nothing was said.
    """

    __tablename__ = "satisfactions"
    __table_args__ = (Index("ix_satisfactions_created", "created_at"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE), primary_key=True)
    satisfied: Mapped[bool]
    missing: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Lease(Base):
    """The current owner of a conversation. ``fencing`` grows at each take-over, so that a late owner's commit is refused."""

    __tablename__ = "leases"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    fencing: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Job(Base):
    """A periodic job (for example retention): its owner, until when the claim is valid, and when it last ended.

    Without an ``owner``, no process may try again before ``expires_at``.
    """

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """A conversation that was erased from the record, but may still be in the dialogue engine's memory."""

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
