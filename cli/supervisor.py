"""Keeps the processes running with supervisord: restarts with growing pauses, one log file each, a socket only for its owner.

Programs that are replaced without a gap have a holder each (cli/holder.py), which supervisord runs in their place.
"""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from cli.holder_files import HolderFiles
from cli.manager_record import MARK, mark_of
from cli.processes import Process
from core.settings import ROOT

_SOCKET_PATH_LIMIT = 90  # the system's own limit is 104 to 108 bytes
SUPERVISORD = "cli.supervisord_process"
START_SECONDS = 3  # a program that ends earlier is restarted with growing pauses
_LOOK_SECONDS = 10.0  # a process that does not answer by then is stopped (SIGSTOP), or hangs
_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class State:
    """The state of one process. ``state`` is supervisord's own word, in lower case; ``restarts`` counts unrequested restarts
    since ``up``.

    ``pid`` is the working process (0: none), ``keeper`` the one that supervisord started: its holder, or the same. ``ready``:
    it has reported so to its holder; false without a holder.
    """

    name: str
    state: str
    pid: int
    keeper: int
    uptime_seconds: int
    restarts: int
    detail: str
    ready: bool = False


class Supervisor:
    """The supervisord of one state folder."""

    def __init__(self, home: Path) -> None:
        self._run = home / "run"
        self._log = home / "log"
        self._socket = self._run / "supervisor.sock"
        if len(str(self._socket)) > _SOCKET_PATH_LIMIT:
            name = hashlib.sha256(str(home).encode()).hexdigest()[:16]
            self._socket = Path(tempfile.gettempdir()) / f"guichet-{os.getuid()}-{name}.sock"
        self.config = self._run / "supervisord.conf"
        self.holder_files = HolderFiles(self._run / "held")

    def start(self, processes: list[Process]) -> subprocess.Popen[bytes]:
        """Starts supervisord with ``processes``. It outlives this command; stop it with ``stop()``."""
        self._run.mkdir(parents=True, exist_ok=True)
        self._log.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        (self._log / "supervisord.log").unlink(missing_ok=True)
        self._write(processes)
        for process in processes:
            if process.has_holder:
                self.holder_files.begin(process)
        with (self._log / "supervisord.out").open("wb") as out:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", SUPERVISORD, "-n", "-c", str(self.config)],
                cwd=ROOT,
                env={**os.environ, MARK: mark_of(self._run.parent)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def running(self) -> bool:
        """Decides whether a supervisord answers for this state folder."""
        try:
            return bool(self._call(_LOOK_SECONDS).supervisor.getState())
        except (OSError, xmlrpc.client.Error):
            return False

    def states(self) -> list[State]:
        """Returns the state of each process; empty if nothing runs."""
        try:
            infos = cast(list[dict[str, Any]], self._call(_LOOK_SECONDS).supervisor.getAllProcessInfo())
        except (OSError, xmlrpc.client.Error):
            return []
        log = self._log / "supervisord.log"
        journal = log.read_text(errors="replace") if log.exists() else ""
        return [self._state(info, journal) for info in infos]

    def state(self, name: str) -> State | None:
        """Returns the state of one process; ``None`` if it is unknown, or nothing runs."""
        return next((state for state in self.states() if state.name == name), None)

    def _state(self, info: dict[str, Any], journal: str) -> State:
        pid, since, ready = info["pid"], float(info["start"]), False
        if pid and (holder := self.holder_files.state(info["name"])):
            pid, since, ready = (holder.pid, holder.since, holder.ready) if holder.holder == pid else (0, since, False)
        return State(
            name=info["name"],
            state=str(info["statename"]).lower(),
            pid=pid,
            keeper=info["pid"],
            uptime_seconds=max(0, round(time.time() - since)) if pid else 0,
            restarts=max(0, journal.count(f"spawned: '{info['name']}'") - journal.count(f"stopped: {info['name']} (") - 1),
            detail=info["spawnerr"] or (f"code {info['exitstatus']}" if info["exitstatus"] and not info["pid"] else ""),
            ready=ready,
        )

    def start_process(self, name: str) -> None:
        """Starts an on-demand program, unless it is running already."""
        try:
            self._call().supervisor.startProcess(name, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop_process(self, name: str) -> None:
        """Stops one program and leaves it stopped."""
        self._call().supervisor.stopProcess(name, True)

    def signal(self, name: str, number: str) -> None:
        """Sends a signal, named without ``SIG``, to the process that supervisord started."""
        self._call().supervisor.signalProcess(name, number)

    def read_again(self, processes: list[Process]) -> tuple[list[str], list[str]]:
        """Replaces the configuration by ``processes``. Returns the names of new programs, and of programs to be removed.

        Starts and stops nothing: see ``renew`` and ``remove``.
        """
        self._write(processes)
        added, _, removed = cast(list[list[list[str]]], self._call().supervisor.reloadConfig())[0]
        return added, removed

    def renew(self, name: str) -> None:
        """Stops a program, if it exists, and starts it with the present configuration."""
        self.remove(name)
        self._call().supervisor.addProcessGroup(name)

    def remove(self, name: str) -> None:
        """Stops and removes a program."""
        supervisor = self._call().supervisor
        try:
            supervisor.stopProcess(name, True)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString and "BAD_NAME" not in fault.faultString:
                raise
        try:
            supervisor.removeProcessGroup(name)
        except xmlrpc.client.Fault as fault:
            if "BAD_NAME" not in fault.faultString:
                raise

    def stop(self) -> int:
        """Asks supervisord to stop all processes and itself. Returns its pid: it ends some time after its last answer."""
        pid = cast(int, self._call().supervisor.getPID())
        self._call().supervisor.shutdown()
        return pid

    def log_file(self, name: str) -> Path:
        return self._log / f"{name}.log"

    def _call(self, seconds: float = _STOP_SECONDS) -> xmlrpc.client.ServerProxy:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        transport._get_connection = lambda: _connection(self._socket, seconds)
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def _write(self, processes: list[Process]) -> None:
        self.config.touch(mode=0o600)  # it contains secrets in its environment lines
        self.config.write_text(self._render(processes))

    def _render(self, processes: list[Process]) -> str:
        sections = [
            f"[unix_http_server]\nfile={self._socket}\nchmod=0700\n",
            f"[supervisord]\nlogfile={self._log}/supervisord.log\npidfile={self._run}/supervisord.pid\n"
            f"childlogdir={self._log}\nsilent=true\numask=077\n",
            "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
        ]
        sections += [self._program(process, priority) for priority, process in enumerate(processes, start=1)]
        return "\n".join(sections)

    def _program(self, process: Process, priority: int) -> str:
        given = {} if process.has_holder else process.environment
        environment = ",".join(f'{key}="{_escape(value)}"' for key, value in given.items())
        command = self.holder_files.command(process.name) if process.has_holder else process.argv
        argv = " ".join(f'"{_escape(part)}"' for part in command)
        lines = [
            f"[program:{process.name}]",
            f"command={argv}",
            f"directory={ROOT}",
            f"environment={environment}",
            f"priority={priority}",
            f"autostart={'false' if process.on_demand else 'true'}",
            f"autorestart={'unexpected' if process.on_demand else 'true'}",
            f"startsecs={0 if process.on_demand else START_SECONDS}",
            "startretries=1000000",  # each pause is a second longer than the previous one
            "exitcodes=0",
            "stopwaitsecs=20",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={self.log_file(process.name)}",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
        ]
        return "\n".join(lines) + "\n"


def _connection(path: Path, seconds: float) -> HTTPConnection:
    """Returns a connection to the socket at ``path`` with a time limit; supervisord's own has none."""
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stream.settimeout(seconds)
    try:
        stream.connect(str(path))
    except OSError:
        stream.close()
        raise
    connection = HTTPConnection("localhost")
    connection.sock = stream
    return connection


def _escape(value: str) -> str:
    # supervisord expands %(…)s, and reads its values as quoted strings
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
