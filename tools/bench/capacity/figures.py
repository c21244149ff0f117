"""What a plan is reckoned from: the figures of one kept run of ``./guichet bench``."""

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
_Z95 = 1.6449  # of the normal distribution
_CORES = 2  # of runs that were kept before bench wrote down how many it had


@dataclass(frozen=True)
class Figures:
    """``cpu_ms``: processor milliseconds a turn, by kind of process; ``other_ms``: of all that is not one of ``KINDS``.

    ``p50_ms``, ``p95_ms``: a turn with nobody else there. ``turns_per_second``: saturated, on ``cores`` of which the load
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
        """Processor milliseconds a turn, in all."""
        return sum(self.cpu_ms.values()) + self.other_ms

    @property
    def sigma(self) -> float:
        """Of the lognormal distribution that has the measured median and 95th percentile."""
        return max(0.0, math.log(self.p95_ms / self.p50_ms) / _Z95)

    @property
    def way_ms(self) -> float:
        """Mean of a turn with nobody else there: a lognormal's mean lies above its median."""
        return self.p50_ms * math.exp(self.sigma**2 / 2)

    @property
    def on_the_way(self) -> float:
        """Share of a turn's processor time that its citizen waits for.

        The rest (opening and closing the conversation, what comes after the reply) costs cores and delays others only.
        """
        return min(1.0, self.way_ms / self.total_ms)

    @property
    def elsewhere_ms(self) -> float:
        """Waiting that is no processor's: disk, network. Nothing where the processor time alone is longer than the turn."""
        return max(0.0, self.way_ms - self.total_ms)


def usable(report: Mapping[str, Any]) -> bool:
    """Decides whether a kept report is one of ``./guichet bench`` with all that a plan needs."""
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
    """Returns the figures kept in ``file``; ``None`` where it is no report of ``./guichet bench``. Raises ``OSError``."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return of_report(report) if isinstance(report, dict) and usable(report) else None


def newest(folder: Path) -> Path | None:
    """Returns the newest usable report in ``folder``: their names are their times."""
    return next((file for file in sorted(folder.glob("*.json"), reverse=True) if read(file)), None)
