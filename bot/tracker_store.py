"""Rasa's trackers in SQL: one row for each turn, of which only the needed ones are read.

Rasa's own SQL store reads and replays the whole session for each message, so that a turn costs more the longer the conversation
is. Here a tracker holds the last turns of the session, with the slots and the form as they were before them.
"""

import json
import time
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

METADATA = sa.MetaData()
TURNS = sa.Table(
    "rasa_turns",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False),
    sa.Column("message_id", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("starts_session", sa.Boolean, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("slots", sa.Text, nullable=False),
    sa.UniqueConstraint("conversation", "message_id"),
    sa.Index("ix_rasa_turns_conversation_id", "conversation", "id"),
)
# Built once: building a statement costs more than running it.
_LAST = (
    sa.select(TURNS).where(TURNS.c.conversation == sa.bindparam("of")).order_by(TURNS.c.id.desc()).limit(sa.bindparam("turns"))
)
_TURN = sa.select(TURNS.c.events).where(
    TURNS.c.conversation == sa.bindparam("of"), TURNS.c.message_id == sa.bindparam("message")
)
_NEWEST = sa.select(sa.func.max(TURNS.c.id)).where(TURNS.c.conversation == sa.bindparam("of"))
_ADD = TURNS.insert()
_ALONE = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sa.bindparam("of", type_=sa.Text))))  # until the commit
_DAY = 86_400.0
_TIDY_SECONDS = 600.0
_SILENCE = {  # libpq's; waiting for PostgreSQL holds up all of Rasa
    **{"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3},
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000",
}
_LOOP = "active loop"  # kept with the slots, none of which has a space in its name


class Overtaken(Exception):
    """Another Rasa process has stored a turn of the conversation since this one read it."""


class TurnTrackerStore(TrackerStore, SerializedTrackerAsText):  # type: ignore[misc]
    """Named in ``endpoints.yml``. ``host`` is an SQLAlchemy URL; an asynchronous driver in it is replaced."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str = "",
        event_broker: EventBroker | None = None,
        turns: int = 10,
        keep_days: float = 7,
        **_: Any,
    ) -> None:
        """Opens the store. A tracker is rebuilt from the last ``turns``; rows older than ``keep_days`` are deleted."""
        super().__init__(domain, event_broker)
        self._turns, self._keep, self._tidy_at = turns, keep_days * _DAY, 0.0
        # Parameters contain citizens' texts: they must not appear in the text of an exception.
        self._engine = sa.create_engine(
            synchronous(host), future=True, hide_parameters=True, pool_pre_ping=True, **_pool(synchronous(host))
        )
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        METADATA.create_all(self._engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Returns the last turns of the conversation's present session, or ``None`` for an unknown one."""
        with self._engine.connect() as connection:
            events, last = self._window(connection, sender_id)
        if not events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker.last_turn, tracker.stored = last, len(events)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events since ``retrieve`` as one turn. One Rasa process handles one message of a conversation at a time.

        Raises ``Overtaken`` if another Rasa has appended a turn meanwhile: the worker gave this one up long ago.
        """
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer
                connection.execute(_ALONE, {"of": tracker.sender_id})
            last = connection.execute(_NEWEST, {"of": tracker.sender_id}).scalar_one_or_none() or 0
            if last != getattr(tracker, "last_turn", 0):
                raise Overtaken
            new = list(tracker.events)[getattr(tracker, "stored", 0) :]
            if not new:
                return
            message_ids = [event.message_id for event in new if isinstance(event, UserUttered)]
            added = connection.execute(
                _ADD,
                {
                    "conversation": tracker.sender_id,
                    "message_id": message_ids[-1] if message_ids else uuid.uuid4().hex,
                    "at": time.time(),
                    "starts_session": any(isinstance(event, SessionStarted) for event in new),
                    "events": json.dumps([event.as_dict() for event in new]),
                    "slots": json.dumps(tracker.current_slot_values() | {_LOOP: tracker.active_loop_name}),
                },
            )
            (tracker.last_turn,), tracker.stored = added.inserted_primary_key or (0,), len(tracker.events)
            if time.monotonic() >= self._tidy_at:
                self._tidy_at = time.monotonic() + _TIDY_SECONDS
                connection.execute(TURNS.delete().where(TURNS.c.at < time.time() - self._keep))

    async def keys(self) -> Iterable[str]:
        """Returns all conversations."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(TURNS.c.conversation).distinct()).scalars())

    def turn(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """Returns the events of the turn that answered ``message_id``, however long ago, or ``None``."""
        with self._engine.connect() as connection:
            events = connection.execute(_TURN, {"of": conversation, "message": message_id}).scalar_one_or_none()
        return json.loads(events) if events else None

    def erase(self, conversation: str) -> None:
        """Deletes everything stored of ``conversation``."""
        with self._engine.begin() as connection:
            connection.execute(TURNS.delete().where(TURNS.c.conversation == conversation))

    def _window(self, connection: sa.engine.Connection, conversation: str) -> tuple[list[dict[str, Any]], int]:
        """Returns the events of the last turns since the session began, oldest first, after the slots as they were before them;
        and the id of the last turn, 0 if there is none.
        """
        rows = list(reversed(connection.execute(_LAST, {"of": conversation, "turns": self._turns + 1}).all()))
        starts = [index for index, row in enumerate(rows) if row.starts_session]
        if starts and (len(rows) <= self._turns or starts[-1] > 0):
            first = starts[-1]
            before: dict[str, Any] = {}  # a session's start sets the slots that it carries over
        else:
            first = max(0, len(rows) - self._turns)
            before = json.loads(rows[first - 1].slots) if first else {}
        # The time of these events is never used: a fixed one makes two readings equal.
        loop = before.pop(_LOOP, None)
        loops = [ActiveLoop(loop, timestamp=0.0).as_dict()] if loop else []  # a form may be longer than the window
        slots = [SlotSet(name, value, timestamp=0.0).as_dict() for name, value in sorted(before.items()) if value is not None]
        events = slots + loops + [event for row in rows[first:] for event in json.loads(row.events)]
        return events, rows[-1].id if rows else 0


def synchronous(url: str) -> str:
    """Returns ``url`` with the driver of this process: the record's own URL names an asynchronous one."""
    return url.replace("postgresql+asyncpg://", "postgresql+psycopg2://").replace("sqlite+aiosqlite://", "sqlite://")


def _pool(url: str) -> dict[str, Any]:
    """Returns the engine's options for a connection pool. By default SQLAlchemy 1.4 opens an SQLite file for each statement,
    and closing the last connection writes the whole journal back: a sixth of Rasa's time in a turn. A connection is kept
    instead, as on PostgreSQL.

    PostgreSQL behind a network that fails without a word: both sides notice within seconds (core/database/silent_network.py).
    """
    if not url.startswith("sqlite"):
        return {"connect_args": _SILENCE} if url.startswith("postgresql") else {}
    return {"poolclass": sa.pool.QueuePool, "connect_args": {"check_same_thread": False}}


def _tune_sqlite(connection: Any, _: Any) -> None:
    # A turn lost in a crash of the machine is run again, so nothing here waits for the disk.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
