"""Analyses citizens' texts without blocking the event loop.

A long text is analysed in a thread. A regular expression holds the interpreter while it runs, so other threads run only
between two expressions: each must be quick by itself (tests/integration/test_pattern_growth.py). For the same reason there is
one such thread: with several, the event loop would wait for an expression of each whenever it has something to do.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

SHORT = 300  # characters: most messages have fewer, and analysing them takes less time than changing threads
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")


async def analyse[T](work: Callable[[str], T], text: str) -> T:
    """Returns ``work(text)``."""
    if len(text) <= SHORT:
        return work(text)
    return await asyncio.get_running_loop().run_in_executor(_THREAD, copy_context().run, work, text)


async def analyse_timed[T](work: Callable[[str], T], text: str) -> tuple[T, float]:
    """Returns ``work(text)`` and the seconds of processor time that it took."""

    def timed(text: str) -> tuple[T, float]:
        began = time.thread_time()
        found = work(text)
        return found, time.thread_time() - began

    return await analyse(timed, text)
