"""Memory of the whole stack: proportional set size, so that what processes share is counted once."""

from __future__ import annotations

import psutil


def proportional_mb(pids: dict[str, int]) -> dict[str, float]:
    """Returns megabytes (10⁶ bytes) by process name, including children: PSS on Linux, resident size elsewhere."""
    return {name: round(sum(map(_size, _family(pid))) / 1e6, 1) for name, pid in pids.items()}


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _size(process: psutil.Process) -> int:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", 0) or info.rss)
