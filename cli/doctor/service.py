"""The processes: running, ready, or restarted again and again."""

from collections.abc import Iterator

import httpx

from cli.doctor.findings import Finding, finding, ok, problem, warning
from cli.manager_state import manager_state, manager_trouble, stopped
from cli.processes import processes
from cli.stack import is_ready
from cli.supervisor import Supervisor
from core.settings import Settings

_RESTARTS = 3


def running(settings: Settings) -> bool:
    """Decides whether anything of this installation runs here: under our supervision, systemd's or a container's."""
    state = manager_state(settings.home)
    return state.kind == "running" or bool(state.processes) or _parts(settings) is not None


def check_processes(settings: Settings) -> Iterator[Finding]:
    """Checks each process that should run. If none runs, this is the only finding."""
    supervisor, manager = Supervisor(settings.home), manager_state(settings.home)
    if manager.kind != "running":
        parts = None if manager.processes else _parts(settings)
        if parts is not None:
            yield from _by_gateway(parts)
            return
        trouble = manager_trouble(manager) or stopped()
        yield Finding("processes", "problem", trouble.problem, trouble.advice)
        return
    states = {state.name: state for state in supervisor.states()}
    with httpx.Client(timeout=3, trust_env=False) as client:
        for process in processes(settings):
            if process.on_demand:
                continue
            state = states.get(process.name)
            name, log = process.name, supervisor.log_file(process.name)
            if state is None or not is_ready(process, state, settings, client):
                yield problem(name, "process_silent", name=name, log=log)
            elif state.restarts >= _RESTARTS:
                yield warning(name, "process_restarted", name=name, restarts=state.restarts, log=log)
            else:
                yield ok(name, "process_ready", name=name)


def _parts(settings: Settings) -> dict[str, str] | None:
    """Returns the gateway's report on each part; ``None`` if no gateway of this installation answers."""
    try:
        ready = f"{settings.own_url}/health/ready"
        answer = httpx.get(ready, headers=settings.internal_headers, timeout=5, trust_env=False)
        parts: dict[str, str] = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return parts


def _by_gateway(parts: dict[str, str]) -> Iterator[Finding]:
    for part, state in parts.items():
        if state == "ok":
            yield ok(part, "process_ready", name=part)
        else:
            yield finding(part, "warning" if state == "degraded" else "problem", "part_fails", part=part)
