"""What SMS needs beside conversations: who asked for silence, what was seen, parts on their way, and what it costs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String, false
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


class SeenMessage(Base):
    """A provider's message whose row was erased: a copy of its request must not be taken for a new one.

    ``digest`` is SHA-256 (hex) of ``Message.dedup``. It names nobody.
    """

    __tablename__ = "seen_messages"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MessagePart(Base):
    """One part of a long SMS whose provider sends parts apart, until all are there. ``content`` is encrypted."""

    __tablename__ = "message_parts"

    group_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    provider: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class NumberUsage(Base):
    """What one number sent and got on one local day: floods, loops and budgets are measured by it. Kept for two days.

    ``address_digest`` is keyed, as in ``Conversation``. ``warned`` once the number was told that it is too much; ``copies``:
    answers of the website that were sent to it.
    """

    __tablename__ = "number_usage"

    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    segments: Mapped[int] = mapped_column(default=0, server_default="0")
    warned: Mapped[bool] = mapped_column(default=False, server_default=false())
    copies: Mapped[int] = mapped_column(default=0, server_default="0")


class PhoneCopy(Base):
    """An answer of a web conversation on its way to a telephone: one at a time, from asking for the number to sending.

    ``number`` (encrypted E.164) is kept from the moment it is typed until it is confirmed, refused, or a quarter of an hour
    old; ``number_hint`` is what the citizen checks it by.
    """

    __tablename__ = "phone_copies"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    reply_id: Mapped[str] = mapped_column(String(32))
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_hint: Mapped[str] = mapped_column(String(24), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class SmsUsage(Base):
    """What one local day came to at one provider. Names nobody, and outlives the messages it counts.

    ``cost`` is in ten-thousandths of a euro, at the price of the day.
    """

    __tablename__ = "sms_usage"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    segments: Mapped[int] = mapped_column(default=0, server_default="0")
    cost: Mapped[int] = mapped_column(default=0, server_default="0")


class SmsLimited(Base):
    """How many messages of one local day went beyond a limit (``conversations.steps.sms_limits``). Names nobody, and stays."""

    __tablename__ = "sms_limited"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(16), primary_key=True)
    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
