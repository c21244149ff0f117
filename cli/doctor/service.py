"""The processes: which run, which are ready, which are started over and over."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from cli.doctor.findings import Finding, ok
from cli.processes import processes
from cli.stack import is_ready
from cli.supervision import Supervisor
from core.settings import Settings

_RESTARTS = 3


def running(settings: Settings) -> bool:
    """Whether this installation's processes are under supervision here."""
    return Supervisor(settings.home).running()


def check_processes(settings: Settings) -> Iterator[Finding]:
    """Each process that should run. Where none does, that is all there is to say."""
    supervisor = Supervisor(settings.home)
    if not supervisor.running():
        yield Finding(
            "processes",
            "problem",
            ("Le service ne tourne pas.", "The service is not running."),
            ("Lancez ./guichet up.", "Run ./guichet up."),
        )
        return
    states = {state.name: state for state in supervisor.states()}
    with httpx.Client(timeout=3, trust_env=False) as client:
        for process in processes(settings):
            if process.on_demand:
                continue
            state, log = states.get(process.name), supervisor.log_file(process.name)
            see = (f"Voyez ./guichet logs {process.name} ({log}).", f"See ./guichet logs {process.name} ({log}).")
            if state is None or state.state != "running" or not is_ready(process, settings, client):
                said = (f"« {process.name} » ne répond pas.", f"'{process.name}' does not answer.")
                yield Finding(process.name, "problem", said, see)
            elif state.restarts >= _RESTARTS:
                yield Finding(
                    process.name,
                    "warning",
                    (
                        f"« {process.name} » a été relancé {state.restarts} fois.",
                        f"'{process.name}' was restarted {state.restarts} times.",
                    ),
                    see,
                )
            else:
                yield ok(process.name, f"« {process.name} » est prêt.", f"'{process.name}' is ready.")
