"""The input of a plan: the figures of one stored run of ``./guichet bench``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.processes import kind_of

KINDS = ("gateway", "worker", "rasa", "actions")
README = Path(__file__).with_name("readme.json")
_NEEDED = ("turn.web.p50_ms", "turn.web.p95_ms", "turn.web.cpu_ms", "turns_per_second", "rss_mb.by_process")
_Z95 = 1.6449  # 95th percentile of the normal distribution
_CORES = 2  # of runs from before the benchmark recorded the number


@dataclass(frozen=True)
class Figures:
    """The figures. ``cpu_ms``: processor milliseconds a turn, by kind of process; ``other_ms``: those of all processes outside
    ``KINDS``.

    ``p50_ms``, ``p95_ms``: a turn without any other load. ``turns_per_second``: saturated, on ``cores`` of which the load
    generator took ``generator_share``. ``memory_mb``: of one process, by its kind.
    """

    cpu_ms: Mapping[str, float]
    other_ms: float
    p50_ms: float
    p95_ms: float
    turns_per_second: float
    cores: int
    generator_share: float
    memory_mb: Mapping[str, float]
    machine: str
    at: str

    @property
    def total_ms(self) -> float:
        """Returns the processor milliseconds a turn, in all."""
        return sum(self.cpu_ms.values()) + self.other_ms

    @property
    def sigma(self) -> float:
        """Returns sigma of the lognormal distribution with the measured median and 95th percentile."""
        return max(0.0, math.log(self.p95_ms / self.p50_ms) / _Z95)

    @property
    def way_ms(self) -> float:
        """Returns the mean time of a turn without other load. The mean of a lognormal distribution is above its median."""
        return self.p50_ms * math.exp(self.sigma**2 / 2)

    @property
    def on_the_way(self) -> float:
        """Returns the share of a turn's processor time during which its citizen waits.

        The rest (opening and closing the conversation, work after the reply) uses cores and delays others only.
        """
        return min(1.0, self.way_ms / self.total_ms)

    @property
    def elsewhere_ms(self) -> float:
        """Returns the waiting time outside of processors: disk, network. It is 0 if the processor time alone is longer than the
        turn.
        """
        return max(0.0, self.way_ms - self.total_ms)


def usable(report: Mapping[str, Any]) -> bool:
    """Decides whether a stored report is one of ``./guichet bench`` with all that a plan needs."""
    return all(report.get(name) for name in _NEEDED) and all(report["turn.web.cpu_ms"].get(kind) for kind in KINDS)


def of_report(report: Mapping[str, Any]) -> Figures:
    """Returns the figures of a report that is ``usable``."""
    spent = {name: float(value) for name, value in report["turn.web.cpu_ms"].items() if name != "all"}
    return Figures(
        cpu_ms={kind: spent[kind] for kind in KINDS},
        other_ms=round(sum(value for name, value in spent.items() if name not in KINDS), 1),
        p50_ms=float(report["turn.web.p50_ms"]),
        p95_ms=max(float(report["turn.web.p95_ms"]), float(report["turn.web.p50_ms"])),
        turns_per_second=float(report["turns_per_second"]),
        cores=int(report.get("cores", _CORES)),
        generator_share=float(report.get("turns_per_second.generator_cpu_share", 0.0)),
        memory_mb={name: float(value) for name, value in report["rss_mb.by_process"].items() if name == kind_of(name)},
        machine=str(report.get("machine", "")),
        at=str(report.get("at", "")),
    )


def read(file: Path) -> Figures | None:
    """Returns the figures stored in ``file``; ``None`` if it is not a report of ``./guichet bench``. Raises ``OSError``."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return of_report(report) if isinstance(report, dict) and usable(report) else None


def newest(folder: Path) -> Path | None:
    """Returns the newest usable report in ``folder``; names of reports are their times."""
    return next((file for file in sorted(folder.glob("*.json"), reverse=True) if read(file)), None)
