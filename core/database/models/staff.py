"""Staff: accounts, their sessions, the links that invite them, and sign-ins that failed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, Sequence, UtcDateTime, now


class StaffRow(Base):
    """One person of the administration. Without ``password`` (Argon2) or ``totp`` (encrypted secret) nobody can sign in yet.

    ``totp_step`` is the last time step whose code was used: a code counts once. ``recovery`` holds digests of the codes that
    are left. ``collections``: those whose entries the person may edit, empty for all of them. ``subject``: a digest of who they
    are at the identity provider, once they came from there. ``password_until``: where passwords are switched off, theirs is
    taken until then. ``mail_minutes``: how often at most an e-mail says what waits for them (0: at once); empty: none does.
    """

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    collections: Mapped[list[str]] = mapped_column(Json, default=list)
    teams: Mapped[list[str]] = mapped_column(Json, default=list)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    capacity: Mapped[int] = mapped_column(default=3)
    password: Mapped[str | None] = mapped_column(String(255))
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(Sequence, default=0)
    recovery: Mapped[list[str]] = mapped_column(Json, default=list)
    subject: Mapped[str | None] = mapped_column(String(64))
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_minutes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("uq_staff_subject", "subject", unique=True),)


class StaffSession(Base):
    """One browser that somebody signed in with. ``token`` is a digest of what the cookie holds.

    ``stage`` is how far the person came: ``second`` (a code is asked), ``enrol`` (a second factor must be set up; ``pending``
    is its encrypted secret until a code has proven it), ``open``. ``id_token``: encrypted, what ends the session at the
    identity provider that the person came from.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    stage: Mapped[str] = mapped_column(String(8))
    pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    failures: Mapped[int] = mapped_column(default=0)
    id_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffLink(Base):
    """A link that lets somebody choose a password, once. ``token`` is a digest.

    Without ``staff_id`` it is for the first administrator, whose address nobody knows yet.
    """

    __tablename__ = "staff_links"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """A sign-in that failed. ``account`` and ``address`` are keyed digests; ``known``: from a device known to the account."""

    __tablename__ = "sign_in_failures"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    known: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        Index("ix_sign_in_failures_account", "account", "at"),
        Index("ix_sign_in_failures_address", "address", "at"),
        {"sqlite_autoincrement": True},
    )
