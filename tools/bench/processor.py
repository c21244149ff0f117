"""Processor time of the stack. Other load on the machine affects it less than elapsed times."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil

_ABOUT = Path("/proc/cpuinfo")


def model() -> str:
    """Returns the processor's name from the system; times are comparable on one processor only."""
    told = _ABOUT.read_text(encoding="utf-8", errors="replace").splitlines() if _ABOUT.exists() else []
    names = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    return next(names, "") or platform.processor()


def seconds(pids: dict[str, int]) -> dict[str, float]:
    """Returns the processor seconds used so far by process name, including children."""
    return {name: sum(map(_used, _family(pid))) for name, pid in pids.items()}


def per_turn_ms(before: dict[str, float], after: dict[str, float], turns: int) -> dict[str, float]:
    """Returns the milliseconds a turn between two readings, by process."""
    return {name: round((after[name] - used) * 1000 / turns, 1) for name, used in before.items() if name in after}


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
