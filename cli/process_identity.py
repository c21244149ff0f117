"""Distinguishes a process from another that gets the same pid later, on this machine or after its next start."""

import sys
from functools import cache
from pathlib import Path

import psutil

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STATE, _START = 0, 19  # among the fields after the program's name: 3 and 22 of proc(5)


def start_time(pid: int) -> str | None:
    """Returns the start time of process ``pid``, or ``None`` if no process has it.

    For comparison only. On Linux it counts from the machine's start, so setting the clock does not change it.
    """
    if sys.platform != "linux":
        try:
            return str(psutil.Process(pid).create_time())
        except psutil.Error:
            return None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in "ZX" else fields[_START]


@cache
def boot_id() -> str:
    """Returns an id that differs after each start of the machine, and on each machine."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(round(psutil.boot_time()))
