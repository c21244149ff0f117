"""Starts and stops a whole installation, and waits until each of its processes is ready."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psutil

from cli.holding import READY_WITHIN_SECONDS
from cli.language import Refusal
from cli.preflight import check_ports
from cli.processes import Process, processes, redis_binary, write_redis_config
from cli.supervision import State, Supervisor
from core.settings import Settings


@dataclass(frozen=True)
class Stack:
    """A running installation. ``daemon`` is its supervisord."""

    settings: Settings
    supervisor: Supervisor
    daemon: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop every process, and wait until they are gone."""
        self.daemon.terminate()  # supervisord then stops its processes, and itself; its socket may be gone by now
        self.daemon.wait(timeout=60)


def start(settings: Settings, ready: Callable[[str], None] = lambda name: None) -> Stack:
    """Start all processes and wait for them; ``ready`` is called with the name of each as it becomes so.

    Raises ``Refusal`` where a port is taken, Redis is missing, or a process does not become ready: all are then stopped.
    """
    programs = processes(settings)
    if not settings.redis_url and not redis_binary():
        raise Refusal(
            "Il manque Redis : installez redis-server (ou valkey-server), ou réglez REDIS_URL dans .env.",
            "Redis is missing: install redis-server (or valkey-server), or set REDIS_URL in .env.",
        )
    check_ports(programs)
    write_redis_config(settings)
    supervisor = Supervisor(settings.home)
    stack = Stack(settings, supervisor, supervisor.start(programs))
    try:
        _wait_ready(stack, programs, ready)
        for program in programs:
            if program.on_demand:
                supervisor.start_process(program.name)
    except BaseException:
        stack.stop()
        raise
    return stack


def stop(settings: Settings) -> bool:
    """Stop the installation of this state folder; false where none runs."""
    supervisor = Supervisor(settings.home)
    if not supervisor.running():
        return False
    pid = supervisor.stop()
    # Until it is gone: on its way out it removes the socket, which might be its successor's by then.
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=60)
    return True


def is_ready(process: Process, state: State | None, settings: Settings, client: httpx.Client) -> bool:
    """Whether ``process``, which stands as ``state`` says (``None``: it is not known), runs and does its work: it told its
    holder so, and answers at its health address or its port, where it has any. The publisher does as soon as it runs."""
    if state is None or state.state != "running" or (process.held and not state.ready):
        return False
    if process.health:
        try:
            answer = client.get(process.health, headers={"X-Guichet-Secret": settings.internal_secret.get_secret_value()})
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK
    if process.port:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", process.port)) == 0
    return True


def _wait_ready(stack: Stack, programs: list[Process], ready: Callable[[str], None]) -> None:
    waiting = [program for program in programs if not program.on_demand]
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    with httpx.Client(timeout=3, trust_env=False) as client:
        while waiting:
            if stack.daemon.poll() is not None:
                out = stack.settings.home / "log" / "supervisord.out"
                raise Refusal(
                    f"La supervision des processus s'est arrêtée : voir {out}.",
                    f"The supervision of the processes stopped: see {out}.",
                )
            if time.monotonic() > deadline:
                name = waiting[0].name
                log = stack.supervisor.log_file(name)
                raise Refusal(
                    f"« {name} » n'est pas prêt après {READY_WITHIN_SECONDS:.0f} s : voir {log}. Puis relancez ./guichet up.",
                    f"'{name}' is not ready after {READY_WITHIN_SECONDS:.0f} s: see {log}. Then run ./guichet up again.",
                )
            states = {state.name: state for state in stack.supervisor.states()}
            for program in list(waiting):
                if is_ready(program, states.get(program.name), stack.settings, client):
                    waiting.remove(program)
                    ready(program.name)
            time.sleep(0.25)
