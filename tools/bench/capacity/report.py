"""Plans of several sizes as one report for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from tools.bench.capacity.arrivals import window
from tools.bench.capacity.assumptions import Assumptions
from tools.bench.capacity.checking import as_measured, compared, simulated
from tools.bench.capacity.demand import demand
from tools.bench.capacity.figures import Figures
from tools.bench.capacity.plan import Plan, plan
from tools.bench.capacity.work import Work, saturation, work

SIZES = {"10,000": 10_000, "1,000,000": 1_000_000, "68,000,000": 68_000_000}  # inhabitants of a town, a city, a country
# A message's receipt, the worker's lease, the reply that releases it; and Rasa's own row.
_COMMITS = 4


def sizes(messages_a_day: float, assumed: Assumptions) -> dict[str, float]:
    """Returns messages a day by inhabitants, for the three sizes; or the given number, under an empty name."""
    if messages_a_day:
        return {"": messages_a_day}
    return {name: people * assumed.per_thousand / 1000 for name, people in SIZES.items()}


def reckon(
    figures: Figures,
    wanted: Mapping[str, float],
    assumed: Assumptions,
    *,
    most: int,
    seed: int,
    report: Callable[[float], None] = lambda _messages: None,
) -> dict[str, Any]:
    """Returns the whole report. ``most``: about how many messages of each size are simulated, 0 for none. Raises ``NoPlan``."""
    check = as_measured(figures, seed)
    # If the machine did fewer turns than its processes' time allows, plans use the measured number.
    slower = max(1.0, check["simulated_to_measured"])
    of = work(figures, slower)
    plans = {}
    for name, messages in wanted.items():
        report(messages)
        needs = demand(messages, assumed)
        made = plan(needs, figures, of, assumed)
        plans[name] = _as_dict(made, of, assumed)
        if most:
            when = window(needs, assumed, most)
            runs = {state: simulated(of, layout, when, seed) for state, layout in made.states.items()}
            plans[name] |= {"simulated": runs, "analytic_and_simulated": compared(of, made, runs, seed)}
    return {
        "figures": {
            "machine": figures.machine,
            "at": figures.at,
            "cores": figures.cores,
            "cpu_ms": dict(figures.cpu_ms) | {"other": figures.other_ms},
            "on_the_way": round(figures.on_the_way, 2),
            "sigma": round(figures.sigma, 3),
        },
        "check": check | {"slower": slower},
        "seed": seed,
        "assumed": asdict(assumed),
        "plans": plans,
    }


def _as_dict(made: Plan, of: Work, assumed: Assumptions) -> dict[str, Any]:
    needs, cores = made.demand, made.nodes * int(assumed.node_cores)
    return {
        "messages": {
            "a_day": round(needs.a_day),
            "busiest_day": round(needs.busiest_day),
            "peak_hour": round(needs.hour),
            "per_second_in_peak_hour": round(needs.per_second, 3),
            "per_second_in_burst": round(needs.in_burst, 3),
            "peak_second": needs.peak_second,
            "open_pages": round(needs.pages),
            "commits_per_second_in_burst": round(needs.in_burst * _COMMITS, 1),
        },
        "processes_needed": dict(made.needed),
        "nodes": made.nodes,
        "processes_per_node": dict(made.per_node),
        "processes": {kind: count * made.nodes for kind, count in made.per_node.items()},
        "cores": cores,
        "cores_needed": round(needs.in_burst * of.total_ms / 1000 / assumed.ceiling, 2),
        "memory_gb": round(made.nodes * assumed.node_gb, 1),
        "memory_gb_used_per_node": round(made.node_gb, 1),
        "disk": {
            "written_a_year_gb": round(made.written_gb, 1),
            "held_gb": round(made.held_gb, 2),
            "installed_gb": round(made.nodes * assumed.install_gb),
        },
        "utilisation": {
            state: {name: round(value, 4) for name, value in used.items()} for state, used in made.used(of).items()
        },
        "turns_per_second_at_most": {state: round(saturation(of, layout), 1) for state, layout in made.states.items()},
        "euros_a_year": {"machines": round(made.machines_euros), "sms": round(made.sms_euros)},
    }
