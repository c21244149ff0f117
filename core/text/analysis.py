"""Analyses citizens' texts without blocking the event loop.

A long text is analysed in a thread. A regular expression holds the interpreter while it runs, so other threads run only
between two expressions: each must be quick by itself (tests/integration/test_pattern_growth.py).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SHORT = 300  # characters: most messages have fewer, and analysing them takes less time than changing threads


async def analyse[T](work: Callable[[str], T], text: str) -> T:
    """Returns ``work(text)``."""
    return work(text) if len(text) <= SHORT else await asyncio.to_thread(work, text)


async def analyse_timed[T](work: Callable[[str], T], text: str) -> tuple[T, float]:
    """Returns ``work(text)`` and the seconds of processor time that it took."""

    def timed(text: str) -> tuple[T, float]:
        began = time.thread_time()
        found = work(text)
        return found, time.thread_time() - began

    return await analyse(timed, text)
