"""Starts and stops a whole installation, and waits until each of its processes is ready."""

import contextlib
import fcntl
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from cli.holder_files import READY_WITHIN_SECONDS
from cli.installation_processes import end_processes, installation_processes
from cli.language import Refusal, sentence
from cli.manager_record import clear_record
from cli.manager_state import manager_state, manager_trouble
from cli.preflight import check_ports
from cli.processes import Process, processes, redis_binary, write_redis_config
from cli.supervisor import State, Supervisor
from core.settings import Settings

_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Stack:
    """A running installation. ``daemon`` is its supervisord."""

    settings: Settings
    supervisor: Supervisor
    daemon: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stops every process, and waits until they have ended."""
        self.daemon.terminate()  # supervisord then stops its processes and itself; its socket may no longer exist
        try:
            self.daemon.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
        recover(self.settings)


def start(settings: Settings, ready: Callable[[str], None] = lambda name: None) -> Stack:
    """Starts all processes and waits for them. ``ready`` is called with the name of each process that is ready.

    Processes left by a killed manager are ended first. Raises ``Refusal`` if the installation runs already, a port is in use,
    Redis is missing, or a process does not become ready; all are then stopped.
    """
    programs = processes(settings)
    if not settings.redis_url and not redis_binary():
        raise Refusal(*sentence("redis_missing"))
    supervisor = Supervisor(settings.home)
    with _manager_lock(settings.home):
        if supervisor.running():
            raise Refusal("Guichet fonctionne déjà.", "Guichet is already running.")
        _end_leftovers(settings)
        check_ports(programs)
        write_redis_config(settings)
        stack = Stack(settings, supervisor, supervisor.start(programs))
        try:
            _until_answering(stack)
        except BaseException:
            stack.daemon.terminate()
            raise
    try:
        _wait_ready(stack, programs, ready)
        for program in programs:
            if program.on_demand:
                supervisor.start_process(program.name)
    except BaseException:
        stack.stop()
        raise
    return stack


def recover(settings: Settings) -> None:
    """Ends the processes left by a killed manager. Does nothing if a manager runs: it may have been started meanwhile.

    Raises ``Refusal`` if the manager does not answer: it may only be slow, and the service runs without it.
    """
    with _manager_lock(settings.home):
        _end_leftovers(settings)


def stop(settings: Settings) -> bool:
    """Stops this installation, including processes left by a killed manager. Returns false if nothing runs."""
    if not settings.home.exists():
        return False
    supervisor, found = Supervisor(settings.home), False
    with _manager_lock(settings.home):
        if supervisor.running():
            found, pid = True, supervisor.stop()
            # Waits for its end: it then removes the socket, which might belong to its successor by then.
            with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                psutil.Process(pid).wait(timeout=_STOP_SECONDS)
        left = installation_processes(settings.home)
        end_processes(left)
        clear_record(settings.home / "run")
    return found or bool(left)


def is_ready(process: Process, state: State | None, settings: Settings, client: httpx.Client) -> bool:
    """Decides whether ``process`` runs and works. ``state`` is its state (``None``: unknown). It must have reported to its
    holder and answer at its health address or its port, if it has any. The publisher is ready as soon as it runs.
    """
    if state is None or state.state != "running" or (process.has_holder and not state.ready):
        return False
    if process.health:
        try:
            answer = client.get(process.health, headers=settings.internal_headers)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK
    if process.port:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", process.port)) == 0
    return True


def _end_leftovers(settings: Settings) -> None:
    state = manager_state(settings.home)
    trouble = manager_trouble(state)
    if state.kind == "silent" and trouble is not None:
        raise Refusal(*trouble.sentence)
    end_processes(state.processes)


@contextmanager
def _manager_lock(home: Path) -> Iterator[None]:
    """Lets one command at a time check and change the processes, so that new ones are not mistaken for abandoned ones."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "manager.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _until_answering(stack: Stack) -> None:
    """Waits until supervisord answers, or has ended."""
    deadline = time.monotonic() + _STOP_SECONDS
    while stack.daemon.poll() is None and not stack.supervisor.running() and time.monotonic() < deadline:
        time.sleep(0.05)


def _wait_ready(stack: Stack, programs: list[Process], ready: Callable[[str], None]) -> None:
    waiting = [program for program in programs if not program.on_demand]
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    with httpx.Client(timeout=3, trust_env=False) as client:
        while waiting:
            if stack.daemon.poll() is not None:
                out = stack.settings.home / "log" / "supervisord.out"
                raise Refusal(*sentence("supervision_stopped", out=out))
            if time.monotonic() > deadline:
                name = waiting[0].name
                log = stack.supervisor.log_file(name)
                raise Refusal(*sentence("process_not_ready", name=name, seconds=READY_WITHIN_SECONDS, log=log))
            states = {state.name: state for state in stack.supervisor.states()}
            for program in list(waiting):
                if is_ready(program, states.get(program.name), stack.settings, client):
                    waiting.remove(program)
                    ready(program.name)
            time.sleep(0.25)
