"""The processes: running, ready, or restarted again and again."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from cli.doctor.findings import Finding, ok, problem, warning
from cli.manager_state import STOPPED, manager_state, manager_trouble
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
        yield problem("processes", *(manager_trouble(manager) or STOPPED))
        return
    states = {state.name: state for state in supervisor.states()}
    with httpx.Client(timeout=3, trust_env=False) as client:
        for process in processes(settings):
            if process.on_demand:
                continue
            state, log = states.get(process.name), supervisor.log_file(process.name)
            see = (f"Voyez ./guichet logs {process.name} ({log}).", f"See ./guichet logs {process.name} ({log}).")
            if state is None or not is_ready(process, state, settings, client):
                message = (f"« {process.name} » ne répond pas.", f"'{process.name}' does not answer.")
                yield problem(process.name, *message, *see)
            elif state.restarts >= _RESTARTS:
                yield warning(
                    process.name,
                    f"« {process.name} » a été relancé {state.restarts} fois.",
                    f"'{process.name}' was restarted {state.restarts} times.",
                    *see,
                )
            else:
                yield ok(process.name, f"« {process.name} » est prêt.", f"'{process.name}' is ready.")


def _parts(settings: Settings) -> dict[str, str] | None:
    """Returns the gateway's report on each part; ``None`` if no gateway of this installation answers."""
    headers = {"X-Guichet-Secret": settings.internal_secret.get_secret_value()}
    try:
        answer = httpx.get(f"{settings.own_url}/health/ready", headers=headers, timeout=5, trust_env=False)
        parts: dict[str, str] = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return parts


def _by_gateway(parts: dict[str, str]) -> Iterator[Finding]:
    for part, state in parts.items():
        if state == "ok":
            yield ok(part, f"« {part} » est prêt.", f"'{part}' is ready.")
            continue
        yield Finding(
            part,
            "warning" if state == "degraded" else "problem",
            (f"« {part} » ne répond pas comme il faut.", f"'{part}' does not answer as it should."),
            (
                f"journalctl -u guichet@{part}, ou docker compose logs {part} (docs/runbooks/part-down.md).",
                f"journalctl -u guichet@{part}, or docker compose logs {part} (docs/runbooks/part-down.md).",
            ),
        )
