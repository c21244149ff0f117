"""Staff: accounts, their sessions, the links that invite them, and failed sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now


class StaffRow(Base):
    """One person of the administration. Sign-in needs ``password`` (Argon2) and ``totp`` (encrypted secret).

    ``totp_step``: the last time step whose code was used; each code is valid once.
    ``recovery``: digests of the remaining recovery codes.
    ``collections``: those whose entries the person may edit, empty for all.
    ``subject``: a digest of their identity at the identity provider, once they have signed in there.
    ``password_until``: if passwords are switched off, this person's is accepted until then.
    ``mail_minutes``: the least time between two e-mails about waiting work (0: at once); empty: no e-mails.
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
    totp_step: Mapped[int] = mapped_column(SequenceNumber, default=0)
    recovery: Mapped[list[str]] = mapped_column(Json, default=list)
    subject: Mapped[str | None] = mapped_column(String(64))
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_minutes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("uq_staff_subject", "subject", unique=True),)


class StaffSession(Base):
    """A session of one person in one browser. ``token`` is a digest of the cookie.

    ``stage``: ``second`` (a code is asked for), ``enrol`` (a second factor must be set up; ``pending`` is its encrypted
    secret until a code has proven it), ``open``. ``id_token``: encrypted; it ends the person's session at the identity
    provider. ``confirmed_at``: when password and code were last given again in the open session.
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
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffLink(Base):
    """A link with which a person chooses a password, once. ``token`` is a digest.

    Without ``staff_id`` it is for the first administrator, whose address is not known yet.
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
    """A failed sign-in. ``account`` and ``address`` are keyed digests. ``known``: from a device known to the account."""

    __tablename__ = "sign_in_failures"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    known: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        Index("ix_sign_in_failures_account", "account", "at"),
        Index("ix_sign_in_failures_address", "address", "at"),
        {"sqlite_autoincrement": True},
    )
