"""Processes replaced while citizens ask: no 5xx, no refused or broken connection, no message without its one reply."""

from __future__ import annotations

import psutil
import pytest

from tests.apart import apart
from tests.e2e.conftest import Service
from tools.bench.rolling import rolled

_ONE_OF_EACH = ("actions", "gateway", "worker")
_ALL = (*_ONE_OF_EACH, "worker-2")


def _pids(service: Service) -> dict[str, int]:
    """Of all processes but the indexer, which ends by itself."""
    return {state.name: state.pid for state in service.stack.supervisor.states() if state.name != "indexer"}


@pytest.mark.parametrize(
    ("names", "per_second"),
    [pytest.param(_ONE_OF_EACH, 1, id="one of each"), pytest.param(_ALL, 3, id="all", marks=pytest.mark.long)],
)
def test_processes_are_replaced_and_nobody_notices(service: Service, names: tuple[str, ...], per_second: int) -> None:
    before = _pids(service)
    found = apart(rolled(service.settings, per_second=per_second, names=names))
    after = _pids(service)
    assert {name for name in before if before[name] != after[name]} == set(names)
    assert not any(psutil.pid_exists(before[name]) for name in names)
    assert found["rolling.acknowledged"] > 0
    wrong = ("server_errors", "connections_refused", "lost", "without_outcome", "answered_twice", "out_of_order")
    assert {name: found[f"rolling.{name}"] for name in wrong} == dict.fromkeys(wrong, 0)
    assert found["rolling.connections_broken"] == {}


def test_one_that_does_not_become_ready_is_refused_and_the_old_one_stays(service: Service) -> None:
    before = _pids(service)
    broken = service.settings.model_copy(update={"embedding_adapter": "/nowhere"})
    told = Service(service.url, broken, service.stack).command("restart", "actions")
    assert told.returncode == 1
    assert str(service.stack.supervisor.log_file("actions")) in told.stderr
    assert _pids(service) == before
    assert service.ask("comment déclarer un décès ?")["outcome"] in ("answered", "guided")


def test_what_only_all_processes_can_change_is_refused(service: Service) -> None:
    before = _pids(service)
    moved = service.settings.model_copy(update={"rasa_port": service.settings.rasa_port + 1})
    told = Service(service.url, moved, service.stack).command("restart", "gateway")
    assert told.returncode == 1
    assert "GUICHET_RASA_PORT" in told.stderr
    assert service.command("restart", "coffee").returncode == 1
    assert _pids(service) == before
