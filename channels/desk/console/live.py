"""The list of handoffs as it changes, read once for all consoles of this process: each is told what is new since before.

News (Redis) says when to look, and at which conversations; the whole list is read every 5 s, and without Redis every 0.3 s,
while a console is open. With 500 who wait, the whole list costs 21 ms of the processor, one conversation 4.5.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from channels.gateway.hub import ANY, Hub
from channels.handoff.listing import Listed, list_handoffs
from core.database import Database
from core.database.models import StaffRow

_PAUSE_SECONDS = 0.15  # between two looks: what happens at once is told at once
_BACKLOG = 64  # unread changes after which a console is sent the whole list instead

type Rows = dict[str, tuple[Listed, str | None]]  # with the owner's name, by id

log = structlog.get_logger(__name__)


class Live:
    """Consoles ``subscribe``; the first one starts the reading, the last one ends it."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._rows: Rows = {}
        self._read = asyncio.Event()
        self._queues: set[asyncio.Queue[dict[str, Any]]] = set()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
        """Frames: first ``list`` with all rows, then ``rows`` with what changed and what is gone."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=_BACKLOG)
        if self._task is None or self._task.done():
            self._read.clear()
            self._task = asyncio.create_task(self._run())
        await self._read.wait()
        queue.put_nowait(self._whole())
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
            if not self._queues and self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
                self._task = None

    def _whole(self) -> dict[str, Any]:
        return {"type": "list", "rows": [_shown(*row) for row in self._rows.values()]}

    async def _run(self) -> None:
        named: frozenset[str] | None = None
        with self._hub.listen(ANY) as listener:
            while True:
                try:
                    self._tell(await self._look(named))
                    named = frozenset()
                except (SQLAlchemyError, OSError):
                    log.warning("console_list_not_read", exc_info=True)
                    named = None
                await asyncio.sleep(_PAUSE_SECONDS)
                heard = await listener.named()
                named = None if named is None else heard

    async def _look(self, named: frozenset[str] | None) -> Rows:
        """The list as it is now, of which only what is ``named`` (``None``: everything) is read."""
        rows = await list_handoffs(self._database, named=named)
        async with self._database.read() as session:
            staff = await session.execute(select(StaffRow.id, StaffRow.name, StaffRow.email))
            names = {row.id: row.name or row.email for row in staff}
        # The place follows from the order; sent with each row, one claim would change them all.
        found = {row.id: (row.model_copy(update={"place": None}), names.get(row.owner or "", row.owner)) for row in rows}
        if named is None:
            return found
        return {key: row for key, row in self._rows.items() if not {key, row[0].conversation} & named} | found

    def _tell(self, rows: Rows) -> None:
        changed = [_shown(*row) for identifier, row in rows.items() if self._rows.get(identifier) != row]
        gone = [identifier for identifier in self._rows if identifier not in rows]
        self._rows = rows
        self._read.set()
        if not changed and not gone:
            return
        frame = {"type": "rows", "changed": changed, "gone": gone}
        for queue in self._queues:
            try:
                queue.put_nowait(frame)
            except asyncio.QueueFull:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(self._whole())


def _shown(row: Listed, owner_name: str | None) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"place"}) | {"owner_name": owner_name}
