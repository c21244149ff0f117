"""Where an action's work is done: on the event loop's own thread, or on another beside it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

# On two cores the other processes leave none for a second search at a time, and a thread costs: handed over to one and back,
# and waiting for the interpreter's lock there, a turn takes 25.8 ms of processor here, and 23.2 without (docs/turn-cost.md).
CORES_TO_SPARE = (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) > 2


async def beside[**P, R](work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What ``work`` returns or raises, in the same context. Whoever else is served waits for it where no core is to spare."""
    if CORES_TO_SPARE:
        return await asyncio.to_thread(work, *arguments, **named)
    return work(*arguments, **named)
