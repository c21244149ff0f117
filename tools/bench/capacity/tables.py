"""The report as Markdown tables, in the operator's language: for a terminal, and for ``docs/capacity.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cli.language import pick
from tools.bench.capacity.figures import KINDS

_RANKS = ("p50", "p95", "p99")


def markdown(found: Mapping[str, Any]) -> str:
    """Returns all tables, with their source."""
    of = found["figures"]
    about = pick(
        f"Chiffres du processeur mesuré ({of['machine']}, {of['at']}) : un autre est plus rapide ou plus lent.",
        f"Figures of the measured processor ({of['machine']}, {of['at']}): another one is faster or slower.",
    )
    return "\n".join((f"{about}\n", plan_table(found), check_table(found), *simulation_tables(found)))


def plan_table(found: Mapping[str, Any]) -> str:
    """Returns the plan, one column for each size."""
    plans = found["plans"]
    kinds = pick("passerelles, workers, Rasa, serveurs d'actions", "gateways, workers, Rasa, action servers")
    rows: list[tuple[str, str, Callable[[Mapping[str, Any]], str]]] = [
        ("messages par jour ; le jour le plus chargé", "messages a day; on the busiest", _messages("a_day", "busiest_day")),
        ("messages de son heure de pointe", "messages in its peak hour", _messages("peak_hour")),
        (
            "messages par seconde à cette heure ; dans une rafale",
            "messages a second in that hour; in a burst",
            _messages("per_second_in_peak_hour", "per_second_in_burst"),
        ),
        ("messages de la seconde la plus pleine", "messages in the fullest second", _messages("peak_second")),
        ("pages ouvertes", "open pages", _messages("open_pages")),
        (
            "transactions par seconde dans la rafale (PostgreSQL)",
            "commits a second in the burst (PostgreSQL)",
            _messages("commits_per_second_in_burst"),
        ),
        (f"il faut pour la rafale : {kinds}", f"the burst needs: {kinds}", lambda one: _kinds(one["processes_needed"])),
        ("nœuds, ceux qu'on peut perdre compris", "nodes, those that may be lost included", lambda one: str(one["nodes"])),
        (f"sur chaque nœud : {kinds}", f"on each node: {kinds}", lambda one: _kinds(one["processes_per_node"])),
        ("cœurs ; mémoire, Go", "cores; memory, GB", lambda one: f"{one['cores']}; {one['memory_gb']:g}"),
        ("mémoire prise sur un nœud, Go", "memory used on a node, GB", lambda one: f"{one['memory_gb_used_per_node']:g}"),
        ("cœurs occupés à l'heure de pointe", "cores busy in the peak hour", _cores("peak_hour")),
        ("… dans la rafale", "… in the burst", _cores("burst_all")),
        ("… nœuds perdus", "… with nodes lost", _cores("burst_nodes_lost")),
        ("… pendant un redémarrage", "… in a rolling restart", _cores("burst_restarting")),
        ("processus le plus occupé, au pire", "busiest kind of process, at worst", _busiest),
        (
            "tours par seconde au plus : tout va ; au pire",
            "turns a second at most: all there; at worst",
            lambda one: f"{one['turns_per_second_at_most']['all']:g}; {min(one['turns_per_second_at_most'].values()):g}",
        ),
        (
            "disque : écrit en un an ; gardé ; installé, Go",
            "disk: written in a year; held; installed, GB",
            lambda one: "; ".join(f"{gb:g}" for gb in one["disk"].values()),
        ),
        (
            "machines, € par an (prix d'exemple)",
            "machines, € a year (example prices)",
            lambda one: f"{one['euros_a_year']['machines']:,}",
        ),
        ("SMS, € par an", "SMS, € a year", lambda one: f"{one['euros_a_year']['sms']:,}"),
    ]
    heads = [pick(f"{name} habitants", f"{name} inhabitants") if name else "" for name in plans]
    return _table(["", *heads], ([pick(fr, en), *map(show, plans.values())] for fr, en, show in rows))


def check_table(found: Mapping[str, Any]) -> str:
    """Returns the table of the run's own simulation."""
    check, cores = found["check"], found["figures"]["cores"]
    how = ("measured", "analytic", "simulated")
    alone = [
        [
            pick(f"un tour seul, {rank}, ms", f"a turn alone, {rank}, ms"),
            f"{check[f'turn.{rank}_ms.measured']:g}",
            "",
            f"{check[f'turn.{rank}_ms.simulated']:g}",
        ]
        for rank in ("p50", "p95")
    ]
    lines = [
        [
            pick("tours par seconde, à saturation", "turns a second, saturated"),
            *(f"{check[f'turns_per_second.{one}']:g}" for one in how),
        ],
        [pick("… rapporté à la mesure", "… to the measured"), "", "", f"{check['simulated_to_measured']:g}"],
        *alone,
    ]
    heads = pick("mesuré,par formule,simulé", "measured,analytic,simulated").split(",")
    return _table([pick(f"la mesure elle-même, {cores} cœurs", f"the run itself, {cores} cores"), *heads], lines)


def simulation_tables(found: Mapping[str, Any]) -> list[str]:
    """Returns the tables of the simulation, and its disagreements with the closed forms; none without a simulation."""
    done = {name: one for name, one in found["plans"].items() if "simulated" in one}
    if not done:
        return []
    heads = pick(
        "habitants,état,tours,un tour : p50 / p95 / p99 (ms),dans la rafale,âge le plus grand de la file (s)",
        "inhabitants,state,turns,a turn: p50 / p95 / p99 (ms),in the burst,longest queue age (s)",
    )
    runs = [
        [
            *(name, _state(state), f"{run['turns']:,}", _ranks(run, "turn"), _ranks(run, "burst")),
            f"{run['longest_queue_age_s']:g}",
        ]
        for name, one in done.items()
        for state, run in one["simulated"].items()
    ]
    both = [
        [
            name,
            _state(row["state"]),
            row["what"],
            *(_figure(row[key]) for key in ("analytic", "simulated", "ratio")),
            _agree(row),
        ]
        for name, one in done.items()
        for row in one["analytic_and_simulated"]
    ]
    others = pick(
        "habitants,état,,par formule,simulé,rapport,à 15 % près",
        "inhabitants,state,,analytic,simulated,ratio,within 15 %",
    )
    return [_table(heads.split(","), runs), _table(others.split(","), both)]


def _messages(*names: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda one: "; ".join(_figure(one["messages"][name]) for name in names)


def _cores(state: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda one: f"{one['utilisation'][state]['cores'] * 100:.1f} %" if state in one["utilisation"] else "–"


def _busiest(one: Mapping[str, Any]) -> str:
    share, kind = max((used[kind], kind) for used in one["utilisation"].values() for kind in KINDS)
    return f"{kind}, {share * 100:.1f} %"


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(str(counts[kind]) for kind in KINDS)


def _state(name: str) -> str:
    words = {
        "all": pick("tout va", "all there"),
        "nodes_lost": pick("nœuds perdus", "nodes lost"),
        "restarting": pick("redémarrage", "restarting"),
    }
    return words[name]


def _ranks(run: Mapping[str, Any], of: str) -> str:
    return " / ".join(_figure(run.get(f"{of}.{rank}_ms")) for rank in _RANKS)


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _agree(row: Mapping[str, Any]) -> str:
    return pick("oui", "yes") if row["agree"] else pick("**non**", "**no**")


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
