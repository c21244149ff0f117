"""Fair order of writers to an SQLite record among processes: first come, first served.

SQLite waits by polling, at intervals that grow to a tenth of a second, and the lock is often retaken by the process that
just released it: a gateway next to a busy worker waited for seconds. Here a writer waits in the kernel, on locks of two
files: the gate, then the room. After leaving the room a process must pass the gate again, where another may already wait.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from core.database.session import in_thread


class FairWriteLock:
    """The fair lock of one process, for one writer at a time (the caller ensures that). The files stay empty.

    Advisory: SQLite's lock still decides, so a process that does not use it does no harm.
    """

    def __init__(self, database: Path) -> None:
        self._paths = [database.with_name(f"{database.name}.{name}") for name in ("gate", "room")]
        self._files: list[int] = []

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        if not self._files:
            self._files = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths]
        gate, room = self._files
        if not self._enter_at_once():
            try:
                await in_thread(partial(_enter, gate, room))
            except asyncio.CancelledError:
                fcntl.flock(room, fcntl.LOCK_UN)
                raise
        try:
            yield
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files = []

    def _enter_at_once(self) -> bool:
        """Takes the lock if it is free, the usual case, without a thread. Returns whether it did."""
        gate, room = self._files
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            fcntl.flock(room, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        return True


def _enter(gate: int, room: int) -> None:
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        fcntl.flock(room, fcntl.LOCK_EX)
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)
