"""Processor time of the stack: what a busy machine changes less than times, and what a turn really costs."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil

_ABOUT = Path("/proc/cpuinfo")


def model() -> str:
    """Returns the processor's name, as the system tells it: times are its own."""
    told = _ABOUT.read_text(encoding="utf-8", errors="replace").splitlines() if _ABOUT.exists() else []
    names = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    return next(names, "") or platform.processor()


def seconds(pids: dict[str, int]) -> dict[str, float]:
    """Processor seconds used so far by process name, children included."""
    return {name: sum(map(_used, _family(pid))) for name, pid in pids.items()}


def per_turn_ms(before: dict[str, float], after: dict[str, float], turns: int) -> dict[str, float]:
    """Milliseconds a turn between two readings, by process."""
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
