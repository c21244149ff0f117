"""The start of the whole service: time until it is ready, and its first turns compared with warm ones."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from cli.stack import start, stop
from core.settings import Settings
from tools.bench.client import Citizen
from tools.bench.runs import questions

_WARM_FROM = 10  # turns


def started(settings: Settings, turns: int) -> dict[str, float]:
    """Stops and starts the running service, then asks ``turns`` questions (more than ``_WARM_FROM``) one after the other.
    Returns the times.

    ``ready_s`` is the time that ``./guichet up`` waits after its checks.
    """
    stop(settings)
    began = time.perf_counter()
    start(settings)
    ready = time.perf_counter() - began
    times = asyncio.run(_asked(settings, turns))
    return {
        "start.ready_s": round(ready, 1),
        "start.first_turn_ms": round(times[0], 1),
        "start.second_turn_ms": round(times[1], 1),
        "start.warm_turn_ms": round(median(times[_WARM_FROM:]), 1),
    }


async def _asked(settings: Settings, turns: int) -> list[float]:
    asked, times = questions(), []
    for _ in range(turns):
        async with Citizen(settings) as citizen:
            times.append((await citizen.ask(next(asked)))[1])
    return times
