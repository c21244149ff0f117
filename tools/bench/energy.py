"""Energy of turns: from the processor's own counters where they can be read (RAPL), else from processor time.

RAPL counts a whole processor, so its joules are shared out by processor time: what the stack used of all that was busy.
Without it, each second of a core counts ``WATTS_A_CORE``. Memory, disks, network and cooling are in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

# Rated power over cores of server processors of 2021 to 2023 (EPYC 7763, 9654; Xeon 8380, 8480+) is 3.8 to 6.8 W at full load.
WATTS_A_CORE = 6.0
RAPL = "RAPL, shared by processor time"
_COUNTERS = Path("/sys/class/powercap")
_NOT_BUSY = ("idle", "iowait", "steal", "guest", "guest_nice")  # Linux counts guests' time as user's, too


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters at one moment: microjoules by package (``None``: not readable), and busy seconds of all cores together."""

    microjoules: dict[str, int] | None
    busy_seconds: float


def read(counters: Path = _COUNTERS) -> Reading:
    """Returns the counters of now."""
    times = psutil.cpu_times()._asdict()
    return Reading(_microjoules(counters), sum(spent for name, spent in times.items() if name not in _NOT_BUSY))


def used(before: Reading, after: Reading, cpu_seconds: float, counters: Path = _COUNTERS) -> tuple[float, str]:
    """Returns the joules of ``cpu_seconds`` of the stack between two readings, and the method."""
    busy = after.busy_seconds - before.busy_seconds
    if before.microjoules and after.microjoules and busy > 0:
        spent = sum(_spent(counters / name, first, after.microjoules[name]) for name, first in before.microjoules.items())
        return spent / 1e6 * min(1.0, cpu_seconds / busy), RAPL
    return cpu_seconds * WATTS_A_CORE, f"{WATTS_A_CORE:g} W a busy core"


def _microjoules(counters: Path) -> dict[str, int] | None:
    """Returns the counter of each package by its folder's name; parts of packages (``intel-rapl:0:0``) are in its sum."""
    try:
        folders = [folder for folder in sorted(counters.glob("intel-rapl:*")) if folder.name.count(":") == 1]
        packages = [folder for folder in folders if (folder / "name").read_text().startswith("package")]
        return {folder.name: int((folder / "energy_uj").read_text()) for folder in packages} or None
    except (OSError, ValueError):  # only root may read them, or a virtual machine has none
        return None


def _spent(folder: Path, first: int, last: int) -> int:
    """Returns the microjoules between two values of a counter, which begins anew after its largest."""
    return last - first if last >= first else last - first + int((folder / "max_energy_range_uj").read_text())
