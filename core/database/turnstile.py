"""Who writes next to an SQLite record, among processes: whoever has waited, not whoever asks most often.

SQLite's own waiting is a nap that grows to a tenth of a second, after which the lock is often taken again by a process that
had just given it back: a gateway beside a busy worker waited for seconds. Here a writer waits in the kernel, and passes two
files: the gate, then the room. Who leaves the room must pass the gate again, where somebody may already stand.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from core.database.session import in_thread


class Turnstile:
    """One process's way through, for one writer at a time (the caller sees to that). The files stay empty.

    Advisory: SQLite's lock still decides, so a process that does not come this way harms nothing.
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
        """Decides whether nobody was there: the usual case, without a thread."""
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
