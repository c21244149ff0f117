"""Where an action's work is done: on the event loop's own thread, or on another beside it; and how much at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

# On two cores the other processes leave none for a second search at a time, and a thread costs: handed over to one and back,
# and waiting for the interpreter's lock there, a turn takes 25.8 ms of processor here, and 23.2 without (docs/turn-cost.md).
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
CORES_TO_SPARE = _CORES > 2
AT_ONCE = min(32, _CORES + 4) if CORES_TO_SPARE else 1  # the threads that asyncio has for it


async def beside[**P, R](work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What ``work`` returns or raises, in the same context. Whoever else is served waits for it where no core is to spare."""
    if CORES_TO_SPARE:
        return await asyncio.to_thread(work, *arguments, **named)
    return work(*arguments, **named)
