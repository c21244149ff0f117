"""The renewal of a conversation's lease while its messages are answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from conversations.worker.lease import HeldLease, renew_lease
from core.database import Database

log = structlog.get_logger(__name__)


class LeaseRenewal:
    """Prolongs a lease until it is given back, and never during the transaction that gives it back.

    ``core.repeating`` is not enough: a lost lease must end the turn at once, not at the end of its block.
    """

    def __init__(self, database: Database, held_lease: HeldLease, duration: timedelta) -> None:
        self._database = database
        self._held_lease = held_lease
        self._duration = duration
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self, group: asyncio.TaskGroup) -> None:
        """Starts the renewal. ``LeaseLost`` in it ends the group, and so the turn."""
        self._task = group.create_task(self._run())

    @asynccontextmanager
    async def pause(self) -> AsyncIterator[Callable[[], None]]:
        """Suspends the renewal within the block. Yields a function that ends it for good."""
        async with self._lock:
            yield self._stop

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._duration.total_seconds() / 3)
            async with self._lock:
                try:
                    async with self._database.write(brief=True, durable=False) as session:
                        await renew_lease(session, self._held_lease, self._duration)
                except SQLAlchemyError:
                    log.warning("lease_not_renewed", conversation=self._held_lease.conversation, exc_info=True)
