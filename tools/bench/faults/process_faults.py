"""Processes stopped for some seconds (SIGSTOP: they hang, and keep their resources), or killed; the manager too."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator

import psutil

from cli.installation_processes import MANAGER, installation_processes
from cli.language import Refusal
from cli.processes import Process, processes
from cli.stack import start
from core.settings import Settings
from tools.bench.faults.fault import Fault
from tools.bench.kills import kill, running_pid
from tools.bench.load import Load

NAMES = ("gateway", "worker", "rasa", "actions", "redis", "publisher")


def process_faults(settings: Settings, frozen_seconds: float) -> Iterator[Fault]:
    """Yields the faults that each of ``NAMES`` and the process manager are stopped for so long, and killed."""
    for process in processes(settings):
        if process.name in NAMES:
            yield _frozen(settings, process.name, frozen_seconds)
            yield _killed(settings, process)
    yield _frozen(settings, MANAGER, frozen_seconds)

    async def manager_killed(_: Load) -> None:
        manager = psutil.Process(_pid(settings, MANAGER))
        manager.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            await asyncio.to_thread(manager.wait)
        await asyncio.to_thread(start, settings)  # as ./guichet up does

    yield Fault("manager-killed", manager_killed)


def _killed(settings: Settings, process: Process) -> Fault:
    async def happen(_: Load) -> None:
        await kill(settings, process)

    return Fault(f"{process.name}-killed", happen)


def _frozen(settings: Settings, name: str, seconds: float) -> Fault:
    async def happen(_: Load) -> None:
        pid = _pid(settings, name)
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    return Fault(f"{name}-frozen", happen)


def _pid(settings: Settings, name: str) -> int:
    if name != MANAGER:
        return running_pid(settings, name)
    for one in installation_processes(settings.home):
        if one.name == MANAGER:
            return one.pid
    raise Refusal("Le gestionnaire des processus ne fonctionne pas.", "The process manager does not run.")
