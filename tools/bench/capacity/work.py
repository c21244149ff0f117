"""The work of a turn in each process, and the layout of processes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.bench.capacity.figures import KINDS, Figures
from tools.bench.capacity.queueing import wait

OTHER = "other"  # publisher, Redis, a load generator: they use cores, but nobody waits for them
# The stations of a turn, and the share of a process's time for each visit. The benchmark measures a process's time as a whole:
# the halves are assumed, and matter little, since a turn passes all of them.
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
    """The work of a turn. ``way``: (kind, mean milliseconds) in order; ``aside``: the work after the reply; ``elsewhere_ms``:
    waiting without a processor; ``sigma``: of a turn's lognormal factor, which is the same at all its stations and has mean 1.
    """

    way: tuple[tuple[str, float], ...]
    aside: tuple[tuple[str, float], ...]
    elsewhere_ms: float
    sigma: float

    def visits(self, kind: str) -> list[float]:
        """Returns the milliseconds of each visit of a turn to ``kind``."""
        return [ms for name, ms in (*self.way, *self.aside) if name == kind and ms > 0]

    def ms(self, kind: str) -> float:
        """Returns the milliseconds of a turn in processes of ``kind``."""
        return sum(self.visits(kind))

    @property
    def total_ms(self) -> float:
        """Returns the core milliseconds of a turn."""
        return sum(ms for _, ms in (*self.way, *self.aside))

    @property
    def way_ms(self) -> float:
        """Returns the mean time of a turn without queues."""
        return sum(ms for _, ms in self.way) + self.elsewhere_ms

    def variation(self, visits: list[float]) -> float:
        """Returns the squared coefficient of variation of the time of a visit drawn from ``visits``."""
        mean = sum(visits) / len(visits)
        square = sum(ms * ms for ms in visits) / len(visits)
        return square * math.exp(self.sigma**2) / mean**2 - 1


def work(figures: Figures, slower: float = 1.0, generator: bool = False) -> Work:
    """Returns the work of a turn. ``slower``: the processor time under full load as a multiple of the measured one; the excess
    delays only others. ``generator``: includes the load generator's share, as in the run itself.
    """
    share = figures.on_the_way
    way = tuple((kind, figures.cpu_ms[kind] * share * part) for kind, part in _WAY)
    aside = [(kind, figures.cpu_ms[kind] * (slower - share)) for kind in KINDS]
    other = figures.other_ms * slower
    if generator:
        other += figures.generator_share * figures.cores * 1000 / figures.turns_per_second
    return Work(way, (*aside, (OTHER, other)), figures.elsewhere_ms, figures.sigma)


@dataclass(frozen=True)
class Layout:
    """A layout. ``cores``: of each node; ``places``: the node of each process, by kind; ``concurrency``: turns of a worker at a
    time.
    """

    cores: tuple[int, ...]
    places: Mapping[str, tuple[int, ...]]
    concurrency: int = 8

    def count(self, kind: str) -> int:
        """Returns how many processes of ``kind`` there are."""
        return len(self.places[kind])

    def without_nodes(self, lost: int) -> Layout:
        """Returns the layout without the last ``lost`` nodes."""
        left = len(self.cores) - lost
        places = {kind: tuple(node for node in nodes if node < left) for kind, nodes in self.places.items()}
        return Layout(self.cores[:left], places, self.concurrency)

    def restarting(self, away: int) -> Layout:
        """Returns the layout while ``away`` processes of each kind restart, which keeps a core of the first node busy."""
        places = {kind: nodes[away:] for kind, nodes in self.places.items()}
        return Layout((max(1, self.cores[0] - 1), *self.cores[1:]), places, self.concurrency)


def spread(nodes: int, cores: int, per_node: Mapping[str, int], concurrency: int = 8) -> Layout:
    """Returns a layout with the same processes on every node."""
    places = {kind: tuple(node for node in range(nodes) for _ in range(count)) for kind, count in per_node.items()}
    return Layout((cores,) * nodes, places, concurrency)


def utilisation(of: Work, layout: Layout, per_second: float) -> dict[str, float]:
    """Returns the share of time in which cores, and processes of each kind, are busy."""
    found = {"cores": per_second * of.total_ms / 1000 / sum(layout.cores)}
    return found | {kind: per_second * of.ms(kind) / 1000 / layout.count(kind) for kind in KINDS}


def saturation(of: Work, layout: Layout) -> float:
    """Returns the turns a second at which the first of them is fully busy."""
    return 1 / max(utilisation(of, layout, 1.0).values())


def mean_turn_ms(of: Work, layout: Layout, per_second: float) -> float:
    """Returns the mean time of a turn by closed forms: each process is a queue with a random share, workers have one common
    queue, and each node's cores another. Infinite if something is saturated.
    """
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
    """Returns the wait for a core if visits are spread evenly over nodes; 0 on a node with a core for each of its processes."""
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
