"""Additional data for SMS: numbers that opted out, messages already seen, parts in transit, and costs."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, UtcDateTime, now


class OptOut(Base):
    """A number that sent STOP. The row outlives its conversation: erasing messages must not start messages again.

    ``address_digest`` is keyed, as in ``Conversation``. ``stop_message`` is the message that asked for it: only its
    confirmation is still sent. ``lifted_at`` is set by START; until then nothing is sent.
    """

    __tablename__ = "opt_outs"

    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    stop_message: Mapped[str] = mapped_column(String(32))
    stopped_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SeenMessage(Base):
    """A provider's message whose row was erased: a repeated request must not count as a new message.

    ``digest`` is SHA-256 (hex) of ``Message.dedup``. It identifies nobody.
    """

    __tablename__ = "seen_messages"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MessagePart(Base):
    """One part of a long SMS, kept until all parts have arrived. ``content`` is encrypted."""

    __tablename__ = "message_parts"

    group_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    provider: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class NumberUsage(Base):
    """Counts the messages of one number on one local day, to limit floods, loops and budgets. Kept for two days.

    ``address_digest`` is keyed, as in ``Conversation``. ``warned``: the number was told that it is too much. ``copies``:
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
    """A copy of a web answer to a telephone, from the request for the number to sending. One at a time.

    ``number`` (encrypted E.164) is kept from the moment it is typed until it is confirmed, refused, or a quarter of an hour
    old. With ``number_hint`` the citizen checks it.
    """

    __tablename__ = "phone_copies"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    reply_id: Mapped[str] = mapped_column(String(32))
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_hint: Mapped[str] = mapped_column(String(24), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class SmsUsage(Base):
    """The totals of one local day at one provider. Identifies nobody, and outlives the counted messages.

    ``cost`` is in ten-thousandths of a euro, at that day's price.
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
    """Counts the messages of one local day that exceeded a limit (``conversations.steps.sms_limits``).

    It identifies nobody, and is kept.
    """

    __tablename__ = "sms_limited"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(16), primary_key=True)
    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
