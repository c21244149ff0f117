"""The capacity model's closed forms against textbooks' cases, and its simulation against the closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.bench.capacity.queueing import erlang_c, wait
from tools.bench.capacity.simulation import saturated, through
from tools.bench.capacity.work import Work, mean_turn_ms, saturation, spread, utilisation

_SECOND = 1000.0  # of work, in milliseconds
_TURNS = 12_000


def _only(kind: str, ms: float = _SECOND, sigma: float = 0.0) -> Work:
    """A turn that asks something of ``kind`` alone."""
    way = tuple((name, ms if name == kind else 0.0) for name in ("gateway", "rasa", "actions", "gateway"))
    return Work(way, (), 0.0, sigma)


def _poisson(rate: float, seed: int = 3) -> list[float]:
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, _TURNS)).tolist()


def _exponential(chance: np.random.Generator) -> float:
    return float(chance.exponential())


@pytest.mark.parametrize(
    ("servers", "offered", "chance"),
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (2, 2.0, 1.0), (2, 0.0, 0.0), (500, 250.0, 0.0)],
)
def test_chance_of_waiting(servers: int, offered: float, chance: float) -> None:
    assert erlang_c(servers, offered) == pytest.approx(chance, abs=1e-9)


def test_waits_of_known_queues() -> None:
    assert wait(0.5, 1.0) == pytest.approx(1.0)  # M/M/1: ρ / (μ − λ)
    assert wait(0.5, 1.0, variation=0.0) == pytest.approx(0.5)  # M/D/1 waits half as long
    assert wait(1.0, 1.0, servers=2) == pytest.approx(1 / 3)
    assert wait(2.0, 1.0, servers=2) == math.inf


@pytest.mark.parametrize(("cores", "rate"), [(1, 0.6), (2, 1.4), (4, 3.0)])
def test_simulated_cores_wait_as_in_m_m_c(cores: int, rate: float) -> None:
    # So many action servers that none has two turns: what is waited for is the node's cores.
    layout = spread(1, cores, {"gateway": 1, "worker": 1, "rasa": 1, "actions": 2000}, concurrency=10_000)
    seen = through(_only("actions"), layout, _poisson(rate), 5, _exponential)
    assert np.mean(seen.took) == pytest.approx(1 + wait(rate, 1.0, cores), rel=0.06)


def test_simulated_processes_wait_as_in_m_m_1_each() -> None:
    layout = spread(1, 100, {"gateway": 1, "worker": 1, "rasa": 3, "actions": 1}, concurrency=10_000)
    seen = through(_only("rasa"), layout, _poisson(1.8), 5, _exponential)
    assert np.mean(seen.took) == pytest.approx(1 + wait(0.6, 1.0), rel=0.06)


def test_workers_room_is_a_queue_of_its_own() -> None:
    layout = spread(1, 100, {"gateway": 1, "worker": 2, "rasa": 1, "actions": 2000}, concurrency=1)
    seen = through(_only("actions"), layout, _poisson(1.4), 5, _exponential)
    assert np.mean(seen.took) == pytest.approx(1 + wait(1.4, 1.0, 2), rel=0.06)
    assert max(seen.queued) > 1


def test_a_lognormal_turn_waits_as_pollaczek_and_khinchine_say() -> None:
    of = _only("actions", sigma=0.8)
    layout = spread(1, 100, {"gateway": 1, "worker": 1, "rasa": 1, "actions": 1}, concurrency=10_000)
    seen = through(of, layout, _poisson(0.6), 5)
    assert np.mean(seen.took) == pytest.approx(mean_turn_ms(of, layout, 0.6) / 1000, rel=0.06)


def test_a_saturated_system_does_what_its_fullest_part_does() -> None:
    of = Work((("gateway", 20.0), ("actions", 50.0), ("gateway", 10.0)), (("worker", 30.0), ("rasa", 0.0)), 0.0, 0.2)
    for cores, expected in ((1, 1000 / 110), (2, 2000 / 110), (4, 1000 / 50)):
        layout = spread(1, cores, {"gateway": 1, "worker": 1, "rasa": 1, "actions": 1})
        rate, _ = saturated(of, layout, 16, 1500, seed=2)
        assert saturation(of, layout) == pytest.approx(expected)
        assert rate == pytest.approx(expected, rel=0.05)


def test_more_messages_wait_longer_and_keep_more_busy() -> None:
    of, layout = _only("actions", sigma=0.2), spread(1, 2, {"gateway": 1, "worker": 1, "rasa": 1, "actions": 2})
    times = [_poisson(rate)[:4000] for rate in (0.4, 0.8, 1.2)]
    took = [float(np.percentile(through(of, layout, some, 5).took, 95)) for some in times]
    assert took == sorted(took)
    busy = [utilisation(of, layout, rate)["actions"] for rate in (0.4, 0.8, 1.2)]
    assert busy == sorted(busy)


def test_a_seed_gives_the_same_again() -> None:
    of, layout = _only("rasa", sigma=0.3), spread(2, 1, {"gateway": 1, "worker": 1, "rasa": 1, "actions": 1})
    times = _poisson(0.9)[:500]
    assert through(of, layout, times, 1) == through(of, layout, times, 1)
    assert through(of, layout, times, 1) != through(of, layout, times, 2)
