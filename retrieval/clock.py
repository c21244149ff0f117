"""Measures the parts of a search."""

import time


class Clock:
    """Milliseconds of each part of a search."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._parts: dict[str, float] = {}

    def mark(self, part: str) -> None:
        """Ends ``part``, which began with the one before it."""
        now = time.perf_counter()
        self._parts[part] = round((now - self._last) * 1000, 3)
        self._last = now

    def finish(self) -> dict[str, float]:
        """Returns the milliseconds of each part, and of the whole as ``total``."""
        return {**self._parts, "total": round((time.perf_counter() - self._start) * 1000, 3)}
