"""Sets the clock an hour ahead, then right again; an hour back, then right again. It is not the machine's clock, but that of
libfaketime, with which the processes were started.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psutil

from cli.language import Refusal
from core.settings import Settings
from tools.bench.faults.fault import Fault
from tools.bench.kills import running_pid
from tools.bench.load import Load

_HOURS = {"ahead": "+3600", "back": "-3600"}  # seconds, in the format of libfaketime
_RIGHT = "+0"
_FILE = "FAKETIME_TIMESTAMP_FILE"


def clock_faults(settings: Settings, seconds: float) -> Iterator[Fault]:
    """Yields the faults: the clock of all processes jumps by an hour, each way, and jumps back after so many seconds."""
    for name, offset in _HOURS.items():
        yield _jump(settings, name, offset, seconds)


def _jump(settings: Settings, name: str, offset: str, seconds: float) -> Fault:
    async def happen(_: Load) -> None:
        file = _offset_file(settings)
        try:
            _set(file, offset)
            await asyncio.sleep(seconds)
        finally:
            _set(file, _RIGHT)

    return Fault(f"clock-{name}", happen, moves_clock=True)


def _set(file: Path, offset: str) -> None:
    """Replaces the file in one step, because a process that reads an empty file ends."""
    aside = file.with_name(f"{file.name}.part")
    aside.write_text(offset)
    aside.replace(file)


def _offset_file(settings: Settings) -> Path:
    """Returns the file from which libfaketime reads the offset. Raises ``Refusal`` if the service does not run under it."""
    environment = psutil.Process(running_pid(settings, "gateway")).environ()
    if "libfaketime" in environment.get("LD_PRELOAD", "") and environment.get(_FILE):
        return Path(environment[_FILE])
    raise Refusal(
        "Le service doit être lancé sous libfaketime : docs/trust.md.", "Start the service under libfaketime: docs/trust.md."
    )
