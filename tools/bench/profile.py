"""The use of time in a saturated service: a flame graph of each process, and the load of the processor's cores."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from cli.language import Refusal
from cli.supervisor import Supervisor
from core.settings import Settings
from tools.bench import processor
from tools.bench.runs import asking_on

CITIZENS = 16
_SETTLE_SECONDS = 2.0  # conversations are being opened
_RATE = 100  # samples a second


async def profiled(settings: Settings, folder: Path, seconds: int) -> dict[str, Any]:
    """Returns a profile while ``CITIZENS`` ask again after each reply, and every process is sampled for ``seconds``. The graphs
    (SVG) are in ``folder``, which must exist.

    All figures are from the time of sampling, and py-spy uses some of the processor itself: ``cores`` are those that a process
    kept busy, ``idle_share`` the idle rest of all. Raises ``Refusal`` if py-spy is missing or lacks the right.
    """
    pids = {state.name: state.pid for state in Supervisor(settings.home).states() if state.pid}
    looking, turns = True, 0

    def answered() -> None:
        nonlocal turns
        turns += 1

    load = asyncio.create_task(asking_on(settings, CITIZENS, lambda: looking, answered))
    try:
        await asyncio.sleep(_SETTLE_SECONDS)
        psutil.cpu_times_percent()  # starts the measurement of the next call
        before, began, had = processor.seconds(pids), time.perf_counter(), turns
        await asyncio.gather(*(_record(pid, folder / f"{name}.svg", seconds) for name, pid in pids.items()))
        elapsed, idle, done = time.perf_counter() - began, psutil.cpu_times_percent().idle, turns - had
        after = processor.seconds(pids)
    finally:
        looking = False
        await load
    used = {name: round((after[name] - spent) / elapsed, 2) for name, spent in before.items()}
    return {
        "profile.turns_per_second": round(done / elapsed, 1),
        "profile.cores": used,
        "profile.fullest": max(used, key=used.__getitem__),
        "profile.idle_share": round(idle / 100, 3),
        "profile.flame_graphs": str(folder),
    }


async def _record(pid: int, path: Path, seconds: int) -> None:
    """Writes the flame graph of one process to ``path``; none for a process without Python (Redis)."""
    if not await asyncio.to_thread(_is_python, pid):
        return
    asked = ("record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(_RATE), "--nonblocking")
    looking = await asyncio.create_subprocess_exec(
        _py_spy(), *asked, "--output", str(path), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await looking.communicate()
    if looking.returncode:
        reason = said.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise Refusal(
            f"py-spy n'a pas pu observer {path.stem} ({reason[0]}). Relancez en root : sudo ./guichet bench profile.",
            f"py-spy could not look at {path.stem} ({reason[0]}). Run it as root: sudo ./guichet bench profile.",
        )


def _is_python(pid: int) -> bool:
    try:
        return "python" in Path(psutil.Process(pid).exe()).name
    except psutil.Error:
        return False


def _py_spy() -> str:
    found = shutil.which("py-spy", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise Refusal("Il manque py-spy : uv sync --group dev.", "py-spy is missing: uv sync --group dev.")
    return found
