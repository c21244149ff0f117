"""Integrators: the tokens of other programs, what they asked, and the addresses to which events are sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now

_CASCADE = "CASCADE"


class ApiToken(Base):
    """A program's access to ``/api/v1``. ``digest``: SHA-256 of the token, which is shown once and not stored.

    ``scopes``: what it may do (``integrators.tokens.Scope``). ``test``: its questions are not counted as citizens'.
    ``used_at``: its last use, to the minute.
    """

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(Json)
    per_minute: Mapped[int]
    test: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiRequest(Base):
    """A question with an idempotency key: the same key of the same token means the same question.

    ``digest``: a keyed digest of the request's body, which tells a repetition from another question.
    """

    __tablename__ = "api_requests"

    token_id: Mapped[str] = mapped_column(ForeignKey("api_tokens.id", ondelete=_CASCADE), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete=_CASCADE), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Webhook(Base):
    """An address to which ``events`` are sent. ``secret`` (encrypted) signs them.

    ``disabled_at``: nothing is sent since. ``gave_up``: because too many attempts failed, not because a person said so.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(Json)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_up: Mapped[bool] = mapped_column(default=False)


class WebhookDelivery(Base):
    """One event for one address, waiting until ``ended_at``. ``about`` makes finding the same event again a no-op.

    ``status``: the last HTTP status, if there was an answer; ``error``: why the last attempt failed.
    """

    __tablename__ = "webhook_deliveries"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete=_CASCADE))
    event: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(String(80))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(80), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("webhook_id", "about"),
        Index("ix_webhook_deliveries_due", "ended_at", "due_at"),
        {"sqlite_autoincrement": True},
    )
