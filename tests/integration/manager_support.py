"""An installation whose processes are small programs under the real process manager and real holders."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from cli.installation_processes import installation_processes
from cli.process_identity import start_time
from cli.processes import Process, redis_binary
from cli.stack import Stack, start
from core.settings import ROOT, Settings
from tests.integration.channels_support import settings_for
from tests.integration.servers import free_port
from tests.waiting import wait_until

# Listens where it is held, says that it is ready, and writes when it is asked to end. With a file "stubborn-NAME" beside it, it
# ends only when it is asked a second time.
_PROGRAM = """
import os, pathlib, signal, sys
from core import socket_handover

here, name = pathlib.Path(sys.argv[1]), sys.argv[2]
asked = []
def end(*_):
    asked.append(1)
    with (here / f"asked-{name}").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    if len(asked) > 1 or not (here / f"stubborn-{name}").exists():
        sys.exit(0)
signal.signal(signal.SIGTERM, end)
listening = socket_handover.inherited_socket()
if listening is not None:
    listening.listen()
socket_handover.report_ready()
(here / f"pid-{name}").write_text(str(os.getpid()))
while True:
    signal.pause()
"""
NAMES = ("direct", "held")
STORE = Path(redis_binary()).name.removesuffix("-server")  # what an installation calls it: redis or valkey


class SmallInstallation:
    """An installation in ``folder``: Redis, "direct" under the manager itself, and "held" under a holder, at a port."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.settings = settings_for("", "", folder / "home", redis_port=free_port())
        self.stack: Stack | None = None
        self._program = folder / "program.py"
        self._program.write_text(_PROGRAM)

    @property
    def home(self) -> Path:
        return self.settings.home

    def processes(self, _: Settings | None = None) -> list[Process]:
        environment = {"PYTHONPATH": str(ROOT)}
        argv = {name: [sys.executable, str(self._program), str(self.folder), name] for name in NAMES}
        return [
            Process("direct", argv["direct"], environment=environment),
            Process("held", argv["held"], environment=environment, port=self.port, has_holder=True),
            Process("redis", [redis_binary(), str(self.home / "run" / "redis.conf")], port=self.settings.redis_port),
        ]

    def start(self) -> Stack:
        """Start it as ``./guichet up`` does."""
        self.stack = start(self.settings)
        wait_until(lambda: all((self.folder / f"pid-{name}").exists() for name in NAMES))
        return self.stack

    def pids(self) -> dict[str, int]:
        """Those that run, the manager included; the program's where there is a holder."""
        return {one.name: one.pid for one in installation_processes(self.home)}

    @property
    def manager(self) -> int:
        assert self.stack is not None
        return self.stack.daemon.pid

    @property
    def holder(self) -> int:
        return psutil.Process(self.pids()["held"]).ppid()

    def asked(self, name: str) -> int:
        """How often the program ``name`` was asked to end."""
        file = self.folder / f"asked-{name}"
        return len(file.read_text().split()) if file.exists() else 0

    def be_stubborn(self, name: str, *, yes: bool = True) -> None:
        """Whether the program ``name`` goes on when it is asked once to end."""
        file = self.folder / f"stubborn-{name}"
        file.touch() if yes else file.unlink()

    def kill_manager(self) -> None:
        """SIGKILL; returns once it is gone."""
        assert self.stack is not None
        self.stack.daemon.kill()
        self.stack.daemon.wait(30)

    def clean_up(self) -> None:
        """Leave nothing running, whatever the test did."""
        for one in installation_processes(self.home):
            one.process.kill()
        if self.stack is not None:
            self.stack.daemon.wait(30)
        wait_until(lambda: not installation_processes(self.home))


def runs(pid: int) -> bool:
    return start_time(pid) is not None
