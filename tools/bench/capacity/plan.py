"""The plan: the processes, cores and nodes that can carry the burst, with nodes lost or processes restarting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tools.bench.capacity.assumptions import Assumptions
from tools.bench.capacity.demand import Demand
from tools.bench.capacity.figures import KINDS, Figures
from tools.bench.capacity.work import Layout, Work, spread, utilisation

_MOST_NODES = 10_000


class NoPlan(Exception):
    """Even many nodes of this size are not enough: a process is larger than a node's memory, or a node has no room."""


@dataclass(frozen=True)
class Plan:
    """``needed``: processes by kind that carry the burst below the ceiling; ``per_node``: how many each of ``nodes`` nodes
    runs.

    ``states``: the complete layout, and those with missing parts. ``node_gb``: memory of a node's processes, including the
    system and one process being replaced. ``written_gb``: a year's rows and logs; ``held_gb``: the part of them that is kept.
    """

    demand: Demand
    needed: Mapping[str, int]
    per_node: Mapping[str, int]
    nodes: int
    states: Mapping[str, Layout]
    node_gb: float
    written_gb: float
    held_gb: float
    machines_euros: float
    sms_euros: float

    def used(self, of: Work) -> dict[str, dict[str, float]]:
        """Returns the utilisation of cores and kinds of process: in the peak hour, in the burst, and in the burst with missing
        parts.
        """
        found = {"peak_hour": utilisation(of, self.states["all"], self.demand.per_second)}
        return found | {
            f"burst_{state}": utilisation(of, layout, self.demand.in_burst) for state, layout in self.states.items()
        }


def plan(needs: Demand, figures: Figures, of: Work, assumed: Assumptions) -> Plan:
    """Returns the smallest number of equal nodes. Raises ``NoPlan``.

    The plan carries a lost node or a rolling restart, but not both: nobody restarts everything while a node is away.
    """
    needed = _needed(needs, of, assumed)
    cores, lost, away = int(assumed.node_cores), int(assumed.lost_nodes), int(assumed.restarting)
    busy = needs.in_burst * of.total_ms / 1000 / assumed.ceiling
    for working in range(1, _MOST_NODES):
        nodes = working + lost
        per_node = {kind: max(math.ceil(n / working), math.ceil((n + away) / nodes)) for kind, n in needed.items()}
        gb = _node_gb(figures, per_node, needs.pages / working, assumed)
        if gb > assumed.node_gb or working * cores < busy or nodes * cores - min(1, away) < busy:
            continue
        layout = spread(nodes, cores, per_node, int(assumed.worker_concurrency))
        held = assumed.record_kb * assumed.retention_days + (assumed.tracker_kb + assumed.log_kb) * assumed.tracker_days
        held_gb = needs.a_day * held / 1e6
        machines = nodes * (cores * assumed.core_euros + assumed.node_gb * assumed.memory_euros)
        disk = (held_gb + nodes * assumed.install_gb) * assumed.disk_euros
        return Plan(
            demand=needs,
            needed=needed,
            per_node=per_node,
            nodes=nodes,
            states={"all": layout}
            | ({"nodes_lost": layout.without_nodes(lost)} if lost else {})
            | ({"restarting": layout.restarting(away)} if away else {}),
            node_gb=gb,
            written_gb=needs.a_year * (assumed.record_kb + assumed.tracker_kb + assumed.log_kb) / 1e6,
            held_gb=held_gb,
            machines_euros=(machines + disk) * 12,
            sms_euros=needs.sms_a_year * assumed.sms_segments * assumed.sms_euros,
        )
    raise NoPlan


def _needed(needs: Demand, of: Work, assumed: Assumptions) -> dict[str, int]:
    found = {kind: max(1, math.ceil(needs.in_burst * of.ms(kind) / 1000 / assumed.ceiling)) for kind in KINDS}
    held = needs.in_burst * of.way_ms / 1000  # turns in progress at the same time
    by_room = math.ceil(held / assumed.worker_concurrency / assumed.ceiling)
    by_pages = math.ceil(needs.pages / assumed.pages_per_gateway)
    return found | {"worker": max(found["worker"], by_room), "gateway": max(found["gateway"], by_pages)}


def _node_gb(figures: Figures, per_node: Mapping[str, int], pages: float, assumed: Assumptions) -> float:
    """Returns the memory of a node from the measured proportional set sizes. Two processes of a kind share libraries, so this
    is rather too much.
    """
    scaled = sum(figures.memory_mb.get(kind, 0.0) * count for kind, count in per_node.items())
    once = sum(size for name, size in figures.memory_mb.items() if name not in KINDS)
    # The new process may start before the old one ends.
    replaced = max(figures.memory_mb.values(), default=0.0) if assumed.restarting else 0.0
    return (scaled + once + replaced) / 1000 + pages * assumed.page_kb / 1e6 + assumed.system_gb
