"""Finds and ends the processes of one installation, with or without its process manager.

Each has the installation's mark in its environment. Redis overwrites its environment with its title, so it is found by its
session, whose number is that of the manager.
"""

import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from cli.manager_record import MARK, mark_of, read_record

MANAGER = "manager"
_END_SECONDS = 25.0  # longer than a holder waits for its program, and supervisord for a process
_MANAGER_SECONDS = 60.0  # it stops its processes one after the other
_KILLED_SECONDS = 5.0
_NAME = "SUPERVISOR_PROCESS_NAME"  # supervisord's own variable


@dataclass(frozen=True)
class InstallationProcess:
    """A process of an installation. ``name`` is the manager's name for it (worker-2), ``MANAGER``, or the program's name."""

    name: str
    process: psutil.Process

    @property
    def pid(self) -> int:
        return self.process.pid


def installation_processes(home: Path) -> list[InstallationProcess]:
    """Returns all processes of the installation ``home``, including its manager; none of another installation."""
    if not home.exists():
        return []
    mark, sessions, silent, processes = mark_of(home), set(), [], []
    record = read_record(home)
    if record is not None and record.of_this_boot and (record.alive or record.number_is_free):
        sessions.add(record.pid)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            environment = process.environ()
            if environment.get(MARK) == mark and process.pid != os.getpid():
                processes.append(InstallationProcess(environment.get(_NAME, MANAGER), process))
                sessions.add(os.getsid(process.pid))
            elif not environment and process.status() != psutil.STATUS_ZOMBIE:
                silent.append(process)
    for process in silent:
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) in sessions:
                processes.append(InstallationProcess(process.name().removesuffix("-server"), process))
    return sorted(processes, key=lambda one: one.pid)


def end_processes(processes: Sequence[InstallationProcess]) -> None:
    """Asks ``processes`` to end, and waits: a minute for a manager, half a minute for others. Then kills those that remain.

    Each gets one signal: a holder passes it to its program, and a manager to its processes.
    """
    left = [one.process for one in processes]
    managers = [one.process for one in processes if one.name == MANAGER]
    if managers:
        left = _terminate(managers, left, _MANAGER_SECONDS)
        _kill([process for process in left if process in managers])
    pids = {process.pid for process in left}
    left = _terminate([process for process in left if _parent(process) not in pids], left, _END_SECONDS)
    _kill(left)


def _terminate(roots: Sequence[psutil.Process], processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Asks ``roots`` to end. Returns those of ``processes`` that still run after ``seconds``; returns earlier if none does."""
    for process in roots:
        with contextlib.suppress(psutil.Error):
            process.terminate()  # surely the same process: psutil checks the start time before
            process.send_signal(signal.SIGCONT)  # so that a stopped process receives it too
    left: list[psutil.Process] = psutil.wait_procs(processes, seconds)[1]
    return left


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, _KILLED_SECONDS)


def _parent(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return process.ppid()
    return 0
