"""The supervisors' side of the record: who is there, in which teams, what they noted; and how the service is controlled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, Sequence, UtcDateTime, now

_CONVERSATION = "conversations.id"


class Presence(Base):
    """A supervisor as seen last. Their claims stand until ``until``, which each sign of life moves on.

    ``available``: takes new conversations. ``languages`` empty: any. ``name`` is that of ``Handoff.owner``.
    """

    __tablename__ = "presences"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    available: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int] = mapped_column(default=0)
    teams: Mapped[list[str]] = mapped_column(Json, default=list)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    until: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Team(Base):
    """A team, and what comes to it: conversations about one of ``themes`` in one of ``languages`` (empty: any)."""

    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    themes: Mapped[list[str]] = mapped_column(Json, default=list)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)


class ConversationNote(Base):
    """What a supervisor wrote down beside a conversation (masked): ``kind`` is ``note``, ``transfer`` or ``summary``."""

    __tablename__ = "conversation_notes"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="note")
    author: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = ({"sqlite_autoincrement": True},)


class ConversationLabel(Base):
    """A label on a conversation, at most once."""

    __tablename__ = "conversation_labels"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), primary_key=True)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ConversationView(Base):
    """That somebody's page reads a conversation, in one session: what it reads again soon after is the same view."""

    __tablename__ = "conversation_views"

    session_id: Mapped[str] = mapped_column(ForeignKey("staff_sessions.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SavedReply(Base):
    """A reply that supervisors use often. ``shortcut`` finds it as one types, in each language once."""

    __tablename__ = "saved_replies"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    shortcut: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    __table_args__ = (Index("uq_saved_replies_shortcut_language", "shortcut", "language", unique=True),)


class Control(Base):
    """One way in which the service is controlled at present: ``banner``, ``emergency``, ``off:web`` or ``off:sms``.

    ``id`` is new each time it is set, so that who was told of one is told of the next. ``text_fr`` and ``text_en`` are what
    citizens read; of an off-switch, the reason.
    """

    __tablename__ = "controls"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[str] = mapped_column(String(32))
    text_fr: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Told(Base):
    """That a conversation by SMS was told of a ``Control``: each costs a message, so it goes out once."""

    __tablename__ = "told"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    control_id: Mapped[str] = mapped_column(String(32), primary_key=True)
