"""What a plan comes to: demand from the year's shape, processes and nodes from it, and what is refused."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.language import Refusal
from core.settings import ROOT, Settings
from tools.bench.capacity.arrivals import window
from tools.bench.capacity.assumptions import Assumptions, described, given
from tools.bench.capacity.demand import demand
from tools.bench.capacity.figures import KINDS, README, Figures, newest, of_report, read
from tools.bench.capacity.plan import NoPlan, Plan, plan
from tools.bench.capacity.report import reckon, sizes
from tools.bench.capacity.tables import check_table, plan_table, simulation_tables
from tools.bench.capacity.work import saturation, spread, work
from tools.bench.commands.capacity import planned

_ASSUMED = Assumptions()
_REPORT: dict[str, Any] = {
    "turn.web.p50_ms": 93.0,
    "turn.web.p95_ms": 126.0,
    "turn.web.cpu_ms": {"actions": 45.0, "worker": 27.0, "gateway": 23.0, "rasa": 16.0, "all": 111.0},
    "turns_per_second": 16.3,
    "rss_mb.by_process": {
        "actions": 860.0,
        "rasa": 675.0,
        "gateway": 270.0,
        "worker": 270.0,
        "publisher": 225.0,
        "redis": 40.0,
    },
}


@pytest.fixture
def figures() -> Figures:
    return of_report(_REPORT)


def _plan(figures: Figures, messages: float, assumed: Assumptions = _ASSUMED) -> Plan:
    return plan(demand(messages, assumed), figures, work(figures), assumed)


def test_the_spread_of_a_turn_is_the_measured_one(figures: Figures) -> None:
    factor = np.exp(figures.sigma * 1.6449)
    assert figures.p50_ms * factor == pytest.approx(figures.p95_ms, rel=1e-3)
    assert work(figures).way_ms == pytest.approx(figures.way_ms)
    assert work(figures).total_ms == pytest.approx(111)


def test_a_turn_slower_than_its_processor_time_waits_elsewhere(figures: Figures) -> None:
    slow = replace(figures, p50_ms=200.0, p95_ms=260.0)
    assert slow.on_the_way == 1
    assert work(slow).way_ms == pytest.approx(slow.way_ms)
    assert work(slow).total_ms == pytest.approx(111)


def test_two_cores_hold_what_their_time_allows(figures: Figures) -> None:
    assert saturation(work(figures), spread(1, 2, dict.fromkeys(KINDS, 1))) == pytest.approx(2000 / 111)


def test_the_busiest_day_is_busier_and_its_hours_make_it_up() -> None:
    found = demand(1000, _ASSUMED)
    assert found.busiest_day > 1500
    assert sum(found.hours) == pytest.approx(found.busiest_day)
    assert found.hour == max(found.hours)
    assert found.peak_second >= found.in_burst == pytest.approx(3 * found.per_second)


def test_more_messages_never_need_less(figures: Figures) -> None:
    plans = [_plan(figures, messages) for messages in (1, 1e3, 1e5, 3e5, 1e6, 3e6)]
    for smaller, larger in itertools.pairwise(plans):
        assert smaller.nodes <= larger.nodes
        assert all(smaller.needed[kind] <= larger.needed[kind] for kind in KINDS)


@pytest.mark.parametrize("messages", [10, 68e4, 5e6])
def test_a_burst_stays_below_the_ceiling_whatever_is_missing(figures: Figures, messages: float) -> None:
    used = _plan(figures, messages).used(work(figures))
    assert set(used) == {"peak_hour", "burst_all", "burst_nodes_lost", "burst_restarting"}
    assert all(share <= _ASSUMED.ceiling for state in used.values() for share in state.values())


def test_one_server_that_may_be_missed_has_one_of_each(figures: Figures) -> None:
    found = _plan(figures, 100, replace(_ASSUMED, lost_nodes=0, restarting=0, node_cores=2, node_gb=4))
    assert (found.nodes, dict(found.per_node)) == (1, dict.fromkeys(KINDS, 1))
    assert set(found.states) == {"all"}


def test_a_node_too_small_has_no_plan(figures: Figures) -> None:
    with pytest.raises(NoPlan):
        _plan(figures, 100, replace(_ASSUMED, node_gb=2))


def test_euros_are_prices_times_amounts(figures: Figures) -> None:
    free = replace(_ASSUMED, core_euros=0, memory_euros=0, disk_euros=0)
    found = _plan(figures, 1000, replace(free, core_euros=7, sms_share=0.5, sms_segments=3, sms_euros=0.1))
    assert found.machines_euros == 12 * 7 * 4 * found.nodes
    assert found.sms_euros == pytest.approx(365 * 1000 * 0.5 * 3 * 0.1)


@pytest.mark.parametrize("messages", [100, 1e4, 68e4, 2e7])
def test_what_is_simulated_has_the_burst_in_it(messages: float) -> None:
    found = window(demand(messages, _ASSUMED), _ASSUMED, 10_000)
    first, last = found.burst
    assert 0 < first < last <= len(found.rates)
    assert found.rates[first] == pytest.approx(3 * found.rates[first - 1])
    assert found.rates.sum() <= 20_000
    times = found.draw(np.random.default_rng(1))
    assert times == sorted(times)


def test_assumptions_are_given_by_name() -> None:
    assert given(["burst=5", "sms_share=0"]).burst == 5
    for wrong in ("burst", "burst=", "burst=0.5", "nothing=1", "core_euros=-1", "node_cores=0", "ceiling=2", "burst=nan"):
        with pytest.raises(ValueError, match=r"\w"):
            given([wrong])


def test_the_newest_whole_run_is_taken(tmp_path: Path) -> None:
    for stem, content in (("1", _REPORT), ("2", _REPORT), ("3", {"search.p50_ms": 3.0}), ("3-capacity", {"plans": {}})):
        (tmp_path / f"{stem}.json").write_text(json.dumps(content))
    (tmp_path / "4.json").write_text("{")
    assert newest(tmp_path) == tmp_path / "2.json"


def test_cores_and_what_is_none_of_the_four_are_read(figures: Figures) -> None:
    report = _REPORT | {"cores": 8, "turns_per_second.generator_cpu_share": 0.1}
    report["turn.web.cpu_ms"] = _REPORT["turn.web.cpu_ms"] | {"redis": 2.0, "publisher": 1.5}
    found = of_report(report)
    assert (found.cores, found.generator_share, found.other_ms) == (8, 0.1, 3.5)
    assert found.total_ms == pytest.approx(figures.total_ms + 3.5)


def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", "en")
    secrets = dict.fromkeys(("internal_secret", "secret_key", "address_key"), "x" * 40)
    settings = Settings(_env_file=None, home=tmp_path, **secrets)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="bench --quick"):
        planned(settings, 0, None, [], most=0, seed=1)
    with pytest.raises(Refusal, match="cannot be read"):
        planned(settings, 0, tmp_path / "none.json", [], most=0, seed=1)
    with pytest.raises(Refusal, match="core_euros=10"):
        planned(settings, 0, README, ["euros=3"], most=0, seed=1)
    with pytest.raises(Refusal, match="node_gb"):
        planned(settings, 0, README, ["node_gb=1"], most=0, seed=1)


def test_the_documentation_has_the_tables_that_the_command_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", "en")
    page = (ROOT / "docs" / "capacity.md").read_text()
    figures = read(README)
    assert figures is not None
    found = reckon(figures, sizes(0, _ASSUMED), _ASSUMED, most=0, seed=1)
    assert plan_table(found) in page
    assert check_table(found) in page
    assert not simulation_tables(found)
    assert all(f"`{name}`" in page for name in described())


def test_a_plan_and_its_simulation_stand_side_by_side(figures: Figures) -> None:
    found = reckon(figures, sizes(2000, _ASSUMED), _ASSUMED, most=300, seed=1)
    (made,) = found["plans"].values()
    assert set(made["simulated"]) == {"all", "nodes_lost", "restarting"}
    assert all(run["turn.p50_ms"] <= run["turn.p95_ms"] <= run["turn.p99_ms"] for run in made["simulated"].values())
    assert len(simulation_tables(found)) == 2
    assert json.loads(json.dumps(found)) == found
