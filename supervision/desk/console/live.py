"""The live list of handoffs, read once for all consoles of this process. Each console receives the changes in conversations
that its supervisor may read.

News (Redis) tells when to read, and which conversations. While a console is open, the whole list is read every 5 s, and without
Redis every 0.3 s. With 500 waiting citizens, the whole list costs 21 ms of processor time, one conversation 4.5 ms.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from conversations.following.hub import ANY, Hub
from core.database import Database
from core.identity.conversation_access import Access, Ownership, Roster, access, ownership_of, roster
from supervision.handoffs.listing import Listed, list_handoffs

_PAUSE_SECONDS = 0.15  # between two reads: simultaneous events go out together
_BACKLOG = 64  # unread changes; with more, a console gets the whole list instead

type Rows = dict[str, tuple[Listed, str | None]]  # with the owner's name, by id

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Screen:
    """One console: its supervisor (id of staff), and the handoffs that it shows."""

    staff: str
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(maxsize=_BACKLOG))
    shown: set[str] = field(default_factory=set)


class Live:
    """The shared list. Consoles ``subscribe``; the first one starts the reading, the last one ends it."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._rows: Rows = {}
        self._roster = Roster({})
        self._whose: dict[str, Ownership] = {}  # by conversation
        self._read = asyncio.Event()
        self._screens: set[_Screen] = set()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(self, staff: str) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
        """Yields a queue of frames for the member of staff with the id ``staff``: first ``list`` with all rows, then ``rows``
        with changed and removed ones.
        """
        screen = _Screen(staff)
        if self._task is None or self._task.done():
            self._read.clear()
            self._task = asyncio.create_task(self._run())
        await self._read.wait()
        self._send_whole(screen)
        self._screens.add(screen)
        try:
            yield screen.queue
        finally:
            self._screens.discard(screen)
            if not self._screens and self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
                self._task = None

    def _send_whole(self, screen: _Screen) -> None:
        screen.shown = self._visible(screen.staff, self._rows)
        rows = [_shown(*row) for identifier, row in self._rows.items() if identifier in screen.shown]
        screen.queue.put_nowait({"type": "list", "rows": rows})

    def _visible(self, staff: str, handoffs: Iterable[str]) -> set[str]:
        """Returns the ``handoffs`` that ``staff`` may see."""
        person, staffed = self._roster.people.get(staff), self._roster.teams
        if person is None:
            return set()
        return {
            each for each in handoffs if access(person, self._whose[self._rows[each][0].conversation], staffed) is Access.OPEN
        }

    async def _run(self) -> None:
        named: frozenset[str] | None = None
        with self._hub.listen(ANY) as listener:
            while True:
                try:
                    self._tell(*await self._look(named))
                    named = frozenset()
                except (SQLAlchemyError, OSError):
                    log.warning("console_list_not_read", exc_info=True)
                    named = None
                await asyncio.sleep(_PAUSE_SECONDS)
                heard = await listener.named()
                named = None if named is None else heard

    async def _look(self, named: frozenset[str] | None) -> tuple[Rows, Roster]:
        """Returns the present list, of which only the ``named`` rows are read (``None``: all), and the roster of staff."""
        rows = await list_handoffs(self._database, named=named)
        async with self._database.read() as session:
            known = await roster(session)
        names = {identifier: person.name for identifier, person in known.people.items()}
        # The place follows from the order. If each row carried it, one claim would change all rows.
        found = {row.id: (row.model_copy(update={"place": None}), names.get(row.owner or "", row.owner)) for row in rows}
        if named is None:
            return found, known
        return {key: row for key, row in self._rows.items() if not {key, row[0].conversation} & named} | found, known

    def _tell(self, rows: Rows, known: Roster) -> None:
        changed = {identifier for identifier, row in rows.items() if self._rows.get(identifier) != row}
        gone = self._rows.keys() - rows.keys()
        # Access to a conversation depends on all its handoffs: if one changes, the access to the others may change.
        moved = {of[each][0].conversation for of in (rows, self._rows) for each in changed | gone if each in of}
        anew = known != self._roster
        self._rows, self._roster = rows, known
        requests = defaultdict[str, list[Listed]](list)
        for row, _ in rows.values():
            if anew or row.conversation in moved:
                requests[row.conversation].append(row)
        for conversation in moved:
            self._whose.pop(conversation, None)
        self._whose |= {conversation: ownership_of(each, known.teams) for conversation, each in requests.items()}
        self._read.set()
        if changed or gone or anew:
            asked = [each for each, (row, _) in rows.items() if anew or row.conversation in moved]
            for screen in self._screens:
                self._send(screen, asked, changed, gone)

    def _send(self, screen: _Screen, asked: Collection[str], changed: Collection[str], gone: Collection[str]) -> None:
        """Sends the changes to ``screen``, whose access to the handoffs ``asked`` may differ from before."""
        visible = self._visible(screen.staff, asked)
        lost = [each for each in screen.shown if each in gone] + [each for each in asked if each in screen.shown - visible]
        new = [each for each in asked if each in visible and (each in changed or each not in screen.shown)]
        if not new and not lost:
            return
        screen.shown = screen.shown.difference(lost).union(new)
        try:
            screen.queue.put_nowait({"type": "rows", "changed": [_shown(*self._rows[each]) for each in new], "gone": lost})
        except asyncio.QueueFull:
            while not screen.queue.empty():
                screen.queue.get_nowait()
            self._send_whole(screen)


def _shown(row: Listed, owner_name: str | None) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"place"}) | {"owner_name": owner_name}
