"""Conversations, their messages and replies, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, Sequence, UtcDateTime, index_of_some, now

_CASCADE = "CASCADE"  # erasing a conversation erases all of it


class Conversation(Base):
    """All turns of one citizen on one channel: the unit of ordering, privacy and erasure.

    ``id`` is random, never a number. By SMS ``address_digest`` (keyed) finds the conversation of a number and
    ``address`` (encrypted) lets it be answered. ``offered`` holds the payloads of the choices last offered, in order,
    so that "2" by SMS can be understood; ``options`` all of them on any channel, as the reply's blocks hold them (label,
    signed payload), so that whoever types a label has pressed its button; ``rest`` the blocks that did not fit, for SUITE.
    ``language`` is the one that was chosen, or the service's; ``spoken`` another one in which the citizen wrote since.
    ``closing``: the citizen sent EFFACER, and the row goes once that is confirmed.
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

    __table_args__ = (index_of_some("ix_conversations_closing", "last_at", where=closing.is_(True)),)

    @property
    def last_language(self) -> str:
        """The language to answer in: that of the last message, or the one chosen."""
        return self.spoken or self.language


class Message(Base):
    """What a citizen sent, masked. ``dedup`` makes a second delivery of the same message a no-op.

    ``outcome`` stays empty until the turn's reply is committed, in the same transaction. ``attempts`` counts how often a
    worker began it: one that takes workers down with it is not begun for ever. A choice has its ``payload``, already
    checked, and its label as ``text``; a choice that was typed (its number, its label) has it once it is answered.
    """

    __tablename__ = "messages"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
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
        # Small at any time: to find what waits must not cost more in a long conversation than in a short one.
        index_of_some("ix_messages_waiting", "conversation_id", "seq", where=outcome.is_(None)),
        # SQLite would go through all that were ever received, to have those that wait in their order.
        index_of_some("ix_messages_waiting_since", "received_at", where=outcome.is_(None)),
        Index("ix_messages_received_at", "received_at"),
        {"sqlite_autoincrement": True},  # a number is never given twice: clients resume after the last they saw
    )


class Reply(Base):
    """The one reply to a message (``in_reply_to``), or what a human or the service said by itself (``in_reply_to`` empty).

    ``author``: the staff id of the human who wrote it, for colleagues only; empty where no human did.
    """

    __tablename__ = "replies"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
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
        Index("ix_replies_entry_created_at", "entry", "created_at"),  # conversations about one subject, the last ones first
        {"sqlite_autoincrement": True},
    )


class Delivery(Base):
    """One SMS of a reply on its way: queued → sending → sent → delivered, or failed, expired, or uncertain (fate unknown).

    ``attempts`` counts those at the present ``provider``; ``created_at`` is where the total deadline runs from.
    """

    __tablename__ = "deliveries"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
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
    """A provider's report that came before its answer to our request had been written down: applied once it is."""

    __tablename__ = "receipts"

    provider_message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str] = mapped_column(String(64), default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Feedback(Base):
    """What a citizen thought of a reply: useful or not, and why not. One a reply; a second one replaces it."""

    __tablename__ = "feedback"

    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.id", ondelete=_CASCADE), primary_key=True)
    useful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(32), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Lease(Base):
    """Who handles a conversation now. ``fencing`` grows at each take-over: a late owner's commit is refused by it."""

    __tablename__ = "leases"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    fencing: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Job(Base):
    """A periodic job (retention, say): who runs it now, until when that counts, and when it last ended.

    Without an ``owner``, ``expires_at`` is until when nobody is to try it again.
    """

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """A conversation erased from the record whose memory in the dialogue engine may still have to go."""

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
