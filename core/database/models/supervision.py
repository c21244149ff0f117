"""The supervisors' part of the record: presence, teams, notes, and controls of the service."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, SequenceNumber, UtcDateTime, now

_CONVERSATION = "conversations.id"


class Presence(Base):
    """The last sign of life of a supervisor. Their claims are valid until ``until``, which each sign of life extends.

    ``available``: accepts new conversations. ``languages`` empty: any. ``name`` is that of ``Handoff.owner``.
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
    """A team and its conversations: those about one of ``themes`` in one of ``languages`` (empty: any)."""

    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    themes: Mapped[list[str]] = mapped_column(Json, default=list)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)


class ConversationNote(Base):
    """A supervisor's note on a conversation (masked). ``kind`` is ``note``, ``transfer`` or ``summary``."""

    __tablename__ = "conversation_notes"

    seq: Mapped[int] = mapped_column(SequenceNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="note")
    author: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = ({"sqlite_autoincrement": True},)


class ConversationLabel(Base):
    """A label on a conversation. Each label at most once."""

    __tablename__ = "conversation_labels"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), primary_key=True)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ConversationView(Base):
    """A view of a conversation by one session. Reading again soon after counts as the same view."""

    __tablename__ = "conversation_views"

    session_id: Mapped[str] = mapped_column(ForeignKey("staff_sessions.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SavedReply(Base):
    """A reply that supervisors use often. ``shortcut`` finds it while typing; it is unique in each language."""

    __tablename__ = "saved_replies"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    shortcut: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    __table_args__ = (Index("uq_saved_replies_shortcut_language", "shortcut", "language", unique=True),)


class Control(Base):
    """One active control of the service: ``banner``, ``emergency``, ``off:web`` or ``off:sms``.

    ``id`` is new each time, so that citizens who were told of one control are told of the next. ``text_fr`` and ``text_en``
    are shown to citizens; for an off-switch they are the reason. ``until``: when it ends by itself.
    """

    __tablename__ = "controls"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[str] = mapped_column(String(32))
    text_fr: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Told(Base):
    """A conversation by SMS that was told of a ``Control``. Each message costs, so it is sent once."""

    __tablename__ = "told"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    control_id: Mapped[str] = mapped_column(String(32), primary_key=True)
