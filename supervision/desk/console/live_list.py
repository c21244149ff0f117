"""The live list of handoffs, read once for all consoles of this process. Each console receives the changes in conversations
that its supervisor may read.

News (Redis) tells when to read, and which conversations. While a console is open, the whole list is read every 5 s, and without
Redis every 0.3 s. With 500 waiting citizens, the whole list costs 21 ms of processor time, one conversation 4.5 ms.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from conversations.client_updates.hub import ANY, Hub
from core.database import Database
from core.identity.conversation_access import Access, Ownership, Roster, access, ownership_of, roster
from supervision.handoffs.listing import ListedHandoff, list_handoffs

_PAUSE_SECONDS = 0.15  # between two reads: simultaneous events go out together
_BACKLOG = 64  # unread changes; with more, a console gets the whole list instead

type Rows = dict[str, tuple[ListedHandoff, str | None]]  # with the owner's name, by id

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Console:
    """One console: its supervisor (id of staff), and the handoffs that it shows."""

    staff: str
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(maxsize=_BACKLOG))
    shown: set[str] = field(default_factory=set)


class LiveList:
    """The shared list. Consoles ``subscribe``; the first one starts the reading, the last one ends it."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._rows: Rows = {}
        self._roster = Roster({})
        self._ownership: dict[str, Ownership] = {}  # by conversation
        self._is_read = asyncio.Event()
        self._consoles: set[_Console] = set()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(self, staff: str) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
        """Yields a queue of frames for the member of staff with the id ``staff``: first ``list`` with all rows, then ``rows``
        with changed and removed ones.
        """
        console = _Console(staff)
        if self._task is None or self._task.done():
            self._is_read.clear()
            self._task = asyncio.create_task(self._run())
        await self._is_read.wait()
        self._send_list(console)
        self._consoles.add(console)
        try:
            yield console.queue
        finally:
            self._consoles.discard(console)
            if not self._consoles and self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
                self._task = None

    def _send_list(self, console: _Console) -> None:
        console.shown = self._visible(console.staff, self._rows)
        rows = [_as_frame(*row) for key, row in self._rows.items() if key in console.shown]
        console.queue.put_nowait({"type": "list", "rows": rows})

    def _visible(self, staff: str, handoffs: Iterable[str]) -> set[str]:
        """Returns the ``handoffs`` that ``staff`` may see."""
        person, staffed = self._roster.people.get(staff), self._roster.teams
        if person is None:
            return set()
        return {
            key for key in handoffs if access(person, self._ownership[self._rows[key][0].conversation], staffed) is Access.OPEN
        }

    async def _run(self) -> None:
        changed_ids: frozenset[str] | None = None
        with self._hub.listen(ANY) as listener:
            while True:
                try:
                    self._publish(*await self._read_rows(changed_ids))
                    changed_ids = frozenset()
                except (SQLAlchemyError, OSError):
                    log.warning("console_list_not_read", exc_info=True)
                    changed_ids = None
                await asyncio.sleep(_PAUSE_SECONDS)
                news = await listener.changed_conversations()
                changed_ids = None if changed_ids is None else news

    async def _read_rows(self, changed_ids: frozenset[str] | None) -> tuple[Rows, Roster]:
        """Returns the present list and the roster of staff. Reads only the rows of ``changed_ids`` anew (``None``: all)."""
        rows = await list_handoffs(self._database, only=changed_ids)
        async with self._database.read() as session:
            current_roster = await roster(session)
        names = {key: person.name for key, person in current_roster.people.items()}
        # The place follows from the order. If each row carried it, one claim would change all rows.
        fresh = {row.id: (row.model_copy(update={"place": None}), names.get(row.owner or "", row.owner)) for row in rows}
        if changed_ids is None:
            return fresh, current_roster
        unchanged = {key: row for key, row in self._rows.items() if not {key, row[0].conversation} & changed_ids}
        return unchanged | fresh, current_roster

    def _publish(self, rows: Rows, current_roster: Roster) -> None:
        changed = {key for key, row in rows.items() if self._rows.get(key) != row}
        removed = self._rows.keys() - rows.keys()
        # Access to a conversation depends on all its handoffs: if one changes, the access to the others may change.
        conversations = {
            known[key][0].conversation for known in (rows, self._rows) for key in changed | removed if key in known
        }
        roster_changed = current_roster != self._roster
        self._rows, self._roster = rows, current_roster
        affected = [key for key, (row, _) in rows.items() if roster_changed or row.conversation in conversations]
        handoffs_by_conversation = defaultdict[str, list[ListedHandoff]](list)
        for key in affected:
            row, _ = rows[key]
            handoffs_by_conversation[row.conversation].append(row)
        for conversation in conversations:
            self._ownership.pop(conversation, None)
        for conversation, handoffs in handoffs_by_conversation.items():
            self._ownership[conversation] = ownership_of(handoffs, current_roster.teams)
        self._is_read.set()
        if changed or removed or roster_changed:
            for console in self._consoles:
                self._send(console, affected, changed, removed)

    def _send(self, console: _Console, affected: Collection[str], changed: Collection[str], removed: Collection[str]) -> None:
        """Sends the changes to ``console``, whose access to the handoffs ``affected`` may differ from before."""
        visible = self._visible(console.staff, affected)
        hidden = {key for key in affected if key in console.shown} - visible
        gone = [key for key in console.shown if key in removed or key in hidden]
        new = [key for key in affected if key in visible and (key in changed or key not in console.shown)]
        if not new and not gone:
            return
        console.shown = console.shown.difference(gone).union(new)
        try:
            console.queue.put_nowait({"type": "rows", "changed": [_as_frame(*self._rows[key]) for key in new], "gone": gone})
        except asyncio.QueueFull:
            while not console.queue.empty():
                console.queue.get_nowait()
            self._send_list(console)


def _as_frame(row: ListedHandoff, owner_name: str | None) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"place"}) | {"owner_name": owner_name}
