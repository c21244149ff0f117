"""How many turns an engine is asked for at a time: as many as it ends in time, found out while it works.

Additive increase, multiplicative decrease, as in TCP's avoidance of congestion (RFC 5681): a number that is right for a quiet
machine lets no turn end in time on one that is, for a minute, half as fast.
"""

from __future__ import annotations

import asyncio
import time

_LEAST = 2  # at a time: one alone would leave a processor idle while its answer is written
_AT_EASE = 0.5  # of the time that a turn is given: who ended in less leaves room for more


class AdaptiveConcurrency:
    """For ``most`` turns at a time, and for fewer once turns ended too late; each is given ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._most, self._seconds = most, seconds
        self._places = most  # that are free or taken
        self._wanted = float(most)
        self._lessened = -seconds

    @property
    def places(self) -> int:
        """Turns that may be under way at a time now, in the end: those that are end as they would."""
        return int(self._wanted)

    def locked(self) -> bool:
        """Decides whether who comes has to wait."""
        return self._free.locked()

    async def acquire(self) -> None:
        """Wait for a place, in the order of coming."""
        await self._free.acquire()

    def release(self, took: float | None) -> None:
        """Give a place back: after a turn that ``took`` so many seconds, or of which nothing is known (None)."""
        if took is not None:
            self._learn(took)
        self._places -= 1
        while self._places < self.places:
            self._places += 1
            self._free.release()

    def _learn(self, took: float) -> None:
        if took >= self._seconds:
            present = time.monotonic()
            if present - self._lessened >= self._seconds:  # those that were under way with it are late for the same reason
                self._wanted, self._lessened = max(min(_LEAST, self._most), self._wanted / 2), present
        elif took < _AT_EASE * self._seconds:
            self._wanted = min(self._most, self._wanted + 1 / self._wanted)
