"""What a turn asks of each process, and where processes stand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.bench.capacity.figures import KINDS, Figures
from tools.bench.capacity.queueing import wait

OTHER = "other"  # publisher, Redis, a load generator: takes cores, and nobody waits for it
# A turn's way, and the share of a process's time that each visit takes. Bench measures a process's time as a whole: the
# halves are assumed, and matter little, since a turn passes all of them.
_WAY = (
    ("gateway", 0.5),
    ("worker", 0.5),
    ("rasa", 0.8),
    ("actions", 1.0),
    ("rasa", 0.2),
    ("worker", 0.5),
    ("gateway", 0.5),
)


@dataclass(frozen=True)
class Work:
    """``way``: (kind, mean milliseconds) in order; ``aside``: what is done when the citizen has the reply; ``elsewhere_ms``:
    waiting that takes no processor; ``sigma``: a turn's own lognormal factor, the same at all its stations, has mean 1."""

    way: tuple[tuple[str, float], ...]
    aside: tuple[tuple[str, float], ...]
    elsewhere_ms: float
    sigma: float

    def visits(self, kind: str) -> list[float]:
        """Milliseconds of each visit of a turn to ``kind``."""
        return [ms for name, ms in (*self.way, *self.aside) if name == kind and ms > 0]

    def ms(self, kind: str) -> float:
        """Milliseconds a turn takes of ``kind``."""
        return sum(self.visits(kind))

    @property
    def total_ms(self) -> float:
        """Milliseconds a turn takes of cores."""
        return sum(ms for _, ms in (*self.way, *self.aside))

    @property
    def way_ms(self) -> float:
        """Mean of a turn that waits for nobody."""
        return sum(ms for _, ms in self.way) + self.elsewhere_ms

    def variation(self, visits: list[float]) -> float:
        """Squared coefficient of variation of the time of a visit drawn from ``visits``."""
        mean = sum(visits) / len(visits)
        square = sum(ms * ms for ms in visits) / len(visits)
        return square * math.exp(self.sigma**2) / mean**2 - 1


def work(figures: Figures, slower: float = 1.0, generator: bool = False) -> Work:
    """A turn's work. ``slower``: how many times the measured processor time a turn takes where all are busy; what is more
    than was measured delays others only. ``generator``: with the load generator's share, as in the run itself."""
    share = figures.on_the_way
    way = tuple((kind, figures.cpu_ms[kind] * share * part) for kind, part in _WAY)
    aside = [(kind, figures.cpu_ms[kind] * (slower - share)) for kind in KINDS]
    other = figures.other_ms * slower
    if generator:
        other += figures.generator_share * figures.cores * 1000 / figures.turns_per_second
    return Work(way, (*aside, (OTHER, other)), figures.elsewhere_ms, figures.sigma)


@dataclass(frozen=True)
class Layout:
    """``cores``: of each node; ``places``: the node of each process, by kind; ``concurrency``: turns a worker holds."""

    cores: tuple[int, ...]
    places: Mapping[str, tuple[int, ...]]
    concurrency: int = 8

    def count(self, kind: str) -> int:
        """Returns how many processes of ``kind`` there are."""
        return len(self.places[kind])

    def without_nodes(self, lost: int) -> Layout:
        """Returns the same after the last ``lost`` nodes went."""
        left = len(self.cores) - lost
        places = {kind: tuple(node for node in nodes if node < left) for kind, nodes in self.places.items()}
        return Layout(self.cores[:left], places, self.concurrency)

    def restarting(self, away: int) -> Layout:
        """The same while ``away`` processes of each kind are missing, and a core of the first node is busy with their start."""
        places = {kind: nodes[away:] for kind, nodes in self.places.items()}
        return Layout((max(1, self.cores[0] - 1), *self.cores[1:]), places, self.concurrency)


def spread(nodes: int, cores: int, per_node: Mapping[str, int], concurrency: int = 8) -> Layout:
    """Returns the same processes on every node."""
    places = {kind: tuple(node for node in range(nodes) for _ in range(count)) for kind, count in per_node.items()}
    return Layout((cores,) * nodes, places, concurrency)


def utilisation(of: Work, layout: Layout, per_second: float) -> dict[str, float]:
    """Share of the time in which cores, and processes of each kind, are busy."""
    found = {"cores": per_second * of.total_ms / 1000 / sum(layout.cores)}
    return found | {kind: per_second * of.ms(kind) / 1000 / layout.count(kind) for kind in KINDS}


def saturation(of: Work, layout: Layout) -> float:
    """Turns a second at which the first of them is busy all the time."""
    return 1 / max(utilisation(of, layout, 1.0).values())


def mean_turn_ms(of: Work, layout: Layout, per_second: float) -> float:
    """Mean time of a turn by closed forms: each process a queue that takes its share at random, workers one queue for all,
    each node's cores another. Infinite where something is saturated."""
    for_core = _wait_for_core(of, layout, per_second)
    total = of.elsewhere_ms
    for kind, ms in of.way:
        if not ms:
            continue
        visits, count = of.visits(kind), layout.count(kind)
        service, each = sum(visits) / len(visits) + for_core, per_second / 1000 * len(visits)
        pooled = count if kind == "worker" else 1
        total += ms + for_core + wait(each * pooled / count, service, pooled, of.variation(visits))
    return total


def _wait_for_core(of: Work, layout: Layout, per_second: float) -> float:
    """As if visits were spread evenly over nodes; nothing on a node that has a core for each of its processes."""
    visits = [ms for _, ms in (*of.way, *of.aside) if ms > 0]
    rate = per_second / 1000 * len(visits) / len(layout.cores)
    waits = [
        0.0 if here <= cores else wait(rate, sum(visits) / len(visits), cores, of.variation(visits))
        for cores, here in zip(layout.cores, _processes_by_node(layout), strict=True)
    ]
    return sum(waits) / len(waits)


def _processes_by_node(layout: Layout) -> Iterator[int]:
    for node in range(len(layout.cores)):
        yield sum(nodes.count(node) for nodes in layout.places.values())
