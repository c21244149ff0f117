"""The number of concurrent turns that an engine is given: as many as it ends in time, learned while it works.

Additive increase, multiplicative decrease, as in TCP's congestion avoidance (RFC 5681). A fixed number that suits a fast
machine makes every turn late when the machine is half as fast for a minute.
"""

import asyncio
import time

_MIN_TURNS = 2  # concurrent turns: with one alone a processor would idle while its answer is written
_FAST_SHARE = 0.5  # of the time that a turn is given: a faster turn shows that there is room for more


class AdaptiveConcurrency:
    """Up to ``max_turns`` concurrent turns, and fewer once turns ended too late; each turn is given ``seconds``."""

    def __init__(self, max_turns: int, seconds: float) -> None:
        self._semaphore = asyncio.Semaphore(max_turns)
        self._max, self._seconds = max_turns, seconds
        self._slots = max_turns  # free and taken ones together
        self._target = float(max_turns)
        self._last_decrease = -seconds

    @property
    def places(self) -> int:
        """Returns the number of concurrent turns to reach; turns under way end normally."""
        return int(self._target)

    def locked(self) -> bool:
        """Decides whether a caller has to wait."""
        return self._semaphore.locked()

    async def acquire(self) -> None:
        """Waits for a place, in the order of arrival."""
        await self._semaphore.acquire()

    def release(self, took: float | None) -> None:
        """Gives a place back after a turn that ``took`` so many seconds (``None``: unknown)."""
        if took is not None:
            self._learn(took)
        self._slots -= 1
        while self._slots < self.places:
            self._slots += 1
            self._semaphore.release()

    def _learn(self, took: float) -> None:
        if took >= self._seconds:
            present = time.monotonic()
            if present - self._last_decrease >= self._seconds:  # turns that were under way with it are late for the same reason
                self._target, self._last_decrease = max(min(_MIN_TURNS, self._max), self._target / 2), present
        elif took < _FAST_SHARE * self._seconds:
            self._target = min(self._max, self._target + 1 / self._target)
