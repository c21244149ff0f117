"""How many concurrent turns an engine is given: as many as it ends in time, learned while it works.

Additive increase, multiplicative decrease, as in TCP's congestion avoidance (RFC 5681). A fixed number that suits a fast
machine makes every turn late when the machine is half as fast for a minute.
"""

from __future__ import annotations

import asyncio
import time

_LEAST = 2  # concurrent turns: with one alone a processor would idle while its answer is written
_AT_EASE = 0.5  # of the time that a turn is given: a faster turn shows that there is room for more


class AdaptiveConcurrency:
    """Up to ``most`` concurrent turns, and fewer once turns ended too late; each turn is given ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._most, self._seconds = most, seconds
        self._places = most  # free and taken ones together
        self._wanted = float(most)
        self._lessened = -seconds

    @property
    def places(self) -> int:
        """Returns the number of concurrent turns to reach; turns under way end normally."""
        return int(self._wanted)

    def locked(self) -> bool:
        """Decides whether a caller has to wait."""
        return self._free.locked()

    async def acquire(self) -> None:
        """Waits for a place, in the order of arrival."""
        await self._free.acquire()

    def release(self, took: float | None) -> None:
        """Gives a place back after a turn that ``took`` so many seconds (``None``: unknown)."""
        if took is not None:
            self._learn(took)
        self._places -= 1
        while self._places < self.places:
            self._places += 1
            self._free.release()

    def _learn(self, took: float) -> None:
        if took >= self._seconds:
            present = time.monotonic()
            if present - self._lessened >= self._seconds:  # turns that were under way with it are late for the same reason
                self._wanted, self._lessened = max(min(_LEAST, self._most), self._wanted / 2), present
        elif took < _AT_EASE * self._seconds:
            self._wanted = min(self._most, self._wanted + 1 / self._wanted)
