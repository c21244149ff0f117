"""Kills every process (SIGKILL) again and again under half of the measured load, on the website and by SMS at once.

Afterwards the database is checked: each acknowledged message must have one outcome and one reply, in order.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import defaultdict
from typing import Any

import httpx

from cli.language import Refusal
from cli.processes import Process, processes
from cli.stack import is_ready
from cli.supervisor import Supervisor
from core.settings import Settings
from tools.bench.load import Load, looked_at, spread, talking
from tools.bench.runs import throughput

VICTIMS = ("gateway", "worker", "rasa", "actions", "redis")
_BACK_SECONDS = 300  # a process that is not back by then is counted, and the measurement continues
_PAUSE_SECONDS = 3.0


async def killed(settings: Settings, *, rounds: int, per_second: float = 0, without_redis: float = 60) -> dict[str, Any]:
    """Kills each of ``VICTIMS`` ``rounds`` times, then stops Redis for ``without_redis`` seconds.

    ``per_second``: messages; 0: half of the service's measured throughput over 10 s.
    """
    capacity = 0.0
    if not per_second:
        capacity = (await throughput(settings, 10, 8))["turns_per_second"]
        per_second = max(1.0, capacity / 2)
    load = Load(settings)
    back: dict[str, list[float | None]] = defaultdict(list)
    victims = [process for process in processes(settings) if process.name in VICTIMS]
    async with talking(load, per_second):
        for _ in range(rounds):
            for process in victims:
                await asyncio.sleep(_PAUSE_SECONDS)
                back[process.name].append(await kill(settings, process))
        if any(process.name == "redis" for process in victims):
            await _stopped(settings, "redis", without_redis)
    found = await looked_at(settings, load.acknowledged)
    return {
        "kills.capacity_per_second": capacity,
        "kills.messages_per_second": round(per_second, 1),
        "kills.kills": {name: len(times) for name, times in back.items()},
        "kills.back_after_s": {name: spread(times) for name, times in back.items()},
        "kills.not_back_within_300_s": {name: times.count(None) for name, times in back.items() if None in times},
        "kills.without_redis_s": without_redis if "redis" in back else 0,
        "kills.acknowledged": len(load.acknowledged),
        "kills.repeated_requests": load.repeated,
        **{f"kills.{name}": value for name, value in found.items()},
    }


async def kill(settings: Settings, process: Process) -> float | None:
    """Kills a process. Returns the seconds until it is ready again, ``None`` if that takes longer than ``_BACK_SECONDS``."""
    victim = running_pid(settings, process.name)
    os.kill(victim, signal.SIGKILL)
    return await until_back(settings, process, victim)


def running_pid(settings: Settings, name: str) -> int:
    """Returns the pid of the process called ``name``. Raises ``Refusal`` if it is not running."""
    state = Supervisor(settings.home).state(name)
    if state is None or not state.pid:
        raise Refusal(f"« {name} » ne fonctionne pas.", f"'{name}' does not run.")
    return state.pid


async def until_back(settings: Settings, process: Process, victim: int) -> float | None:
    """Returns the seconds from now until another process than ``victim`` is ready, ``None`` if that takes longer than
    ``_BACK_SECONDS``.
    """
    supervisor, began = Supervisor(settings.home), time.monotonic()
    with httpx.Client(timeout=3, trust_env=False) as client:
        while time.monotonic() - began <= _BACK_SECONDS:
            state = supervisor.state(process.name)
            another = state is not None and state.pid not in (0, victim)
            if another and await asyncio.to_thread(is_ready, process, state, settings, client):
                return time.monotonic() - began
            await asyncio.sleep(0.1)
    return None


async def _stopped(settings: Settings, name: str, seconds: float) -> None:
    """Stops a process, and starts it again after ``seconds``."""
    supervisor = Supervisor(settings.home)
    await asyncio.to_thread(supervisor.stop_process, name)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(supervisor.start_process, name)
