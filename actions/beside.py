"""Where an action's work is done: on the event loop's own thread, or on another beside it; and how much at a time.

On two cores the other processes leave none for a second search at a time, and a thread costs: handed over to one and back,
and waiting for the interpreter's lock there, a turn takes 25.8 ms of processor here, and 23.2 without. But a query's embedding,
a third of that, needs no interpreter: on the loop's thread it kept everybody waiting, and this process, which could use no more
than one core, kept the others from working (9 % of two cores idle under load, 2.5 % since). So work on the loop's thread waits
for its embedding, which is made on threads beside it, while the loop serves the next (docs/turn-cost.md).
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import greenback

from retrieval.contracts import Embedder, Vectors

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
CORES_TO_SPARE = _CORES > 2
AT_ONCE = min(32, _CORES + 4)  # as many as asyncio has threads
_LATER = 5  # of nice: with 200 messages a second the gateway acknowledged after 23 ms (p50) before these threads, 40 with them


async def beside[**P, R](work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What ``work`` returns or raises, in the same context. On few cores whoever else is served waits for all of it but its
    embeddings (``Aside``)."""
    if CORES_TO_SPARE:
        return await asyncio.to_thread(work, *arguments, **named)
    return await greenback.with_portal_run_sync(work, *arguments, **named)


class Aside:
    """Implements ``retrieval.contracts.Embedder`` by another one. Work that ``beside`` does on the loop's thread waits for a
    query's vector without keeping the loop; for anybody else it is as the other one is."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name, self.revision, self.dimension = inner.name, inner.revision, inner.dimension
        nice = os.getpriority(os.PRIO_PROCESS, 0) + _LATER
        self._pool = ThreadPoolExecutor(_CORES, thread_name_prefix="aside", initializer=step_back, initargs=(nice,))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if not greenback.has_portal():
            return self._inner.embed_queries(texts)
        vectors: Vectors = greenback.await_(
            asyncio.get_running_loop().run_in_executor(self._pool, self._inner.embed_queries, texts)
        )
        return vectors

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._inner.embed_passages(texts)


def step_back(nice: int) -> None:
    """Let this thread come after what is less ``nice``."""
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
