"""The holder, with small real processes: no caller is refused at a replacement, and nobody outlives whom they should not."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.settings import ROOT
from tests.integration.servers import free_port
from tests.waiting import wait_until

# Answers each line with its name and pid; "wait" once it may, "end N" by ending with code N. It counts what ends it. By
# uvloop as the real ones: asyncio itself drops what it accepted in the round of the loop before a server is closed.
_PROGRAM = """
import asyncio, os, pathlib, signal, sys, uvloop
from core import socket_handover
from tests.waiting import until, wait_until

async def main():
    here, name = pathlib.Path(__file__).parent, os.environ["NAME"]
    stop, busy = asyncio.Event(), set()
    def ended():
        with (here / "terms").open("a") as file:
            file.write(f"{os.getpid()}\\n")
        stop.set()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended)
    async def answer(reader, writer):
        task = asyncio.current_task()
        busy.add(task)
        said = (await reader.readline()).decode().split()
        if said[:1] == ["end"]:
            os._exit(int(said[1]))
        if said[:1] == ["wait"]:
            (here / "waiting").touch()
            await until((here / "may-answer").exists)
        writer.write(f"{name} {os.getpid()}\\n".encode())
        await writer.drain()
        writer.close()
        busy.discard(task)
    (here / f"pid-{name}").write_text(str(os.getpid()))
    wait_until(lambda: not (here / f"hold-{name}").exists())
    server = await asyncio.start_server(answer, sock=socket_handover.inherited_socket())
    socket_handover.report_ready()
    await stop.wait()
    server.close()
    for _ in range(20):  # rounds of the loop: what was accepted in the last one is not in "busy" yet
        await asyncio.sleep(0)
    await until(lambda: not busy)

uvloop.run(main())
"""


def _gone(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


class Held:
    """A holder with its program, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.file, self.program = folder / "program.json", folder / "program.py"
        self.program.write_text(_PROGRAM)
        self.write(self.file, "first")
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-S", "-m", "cli.holder", str(self.file)], cwd=ROOT, start_new_session=True
        )

    def write(self, file: Path, name: str, argv: list[str] | None = None, patience: float = 30) -> None:
        environment = {"NAME": name, "PYTHONPATH": str(ROOT)}
        content = {"argv": argv or [sys.executable, str(self.program)], "environment": environment, "patience": patience}
        file.write_text(json.dumps({**content, "host": "127.0.0.1", "port": self.port}))

    @property
    def following(self) -> Path:
        return self.folder / "program.json.next"

    def state(self) -> dict[str, Any]:
        file = self.folder / "program.json.state"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def ask(self, line: str = "who") -> tuple[str, int]:
        """The name and the pid of who answers. Raises ``OSError`` where nobody does, ``ValueError`` for half an answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as caller:
            caller.sendall(f"{line}\n".encode())
            name, pid = caller.makefile().read().split()
        return name, int(pid)

    def answers(self) -> bool:
        try:
            self.ask()
        except OSError:
            return False
        return True


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    running = Held(tmp_path)
    try:
        wait_until(running.answers)
        yield running
    finally:
        children = psutil.Process(running.process.pid).children() if running.process.poll() is None else []
        running.process.kill()
        running.process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def test_no_caller_is_refused_while_one_takes_the_place_of_another(held: Held) -> None:
    seen: list[tuple[str, int]] = []
    wrong: list[Exception] = []
    over = threading.Event()

    def call() -> None:
        while not over.is_set():
            try:
                seen.append(held.ask())
            except (OSError, ValueError) as error:
                wrong.append(error)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for count in (1, 2, 3):
        held.process.send_signal(signal.SIGHUP)
        wait_until(lambda count=count: held.state()["replaced"] == count)  # type: ignore[misc]
    over.set()
    for caller in callers:
        caller.join()
    assert wrong == []
    assert len({pid for _, pid in seen}) == 4
    assert held.ask()[1] == held.state()["pid"]
    assert [child.pid for child in psutil.Process(held.process.pid).children()] == [held.state()["pid"]]
    assert held.state()["ready"]


def test_what_follows_stays(held: Held) -> None:
    held.write(held.following, "second")
    held.process.send_signal(signal.SIGHUP)
    wait_until(lambda: held.state()["replaced"] == 1)
    assert held.ask()[0] == "second"
    assert json.loads(held.file.read_text())["environment"]["NAME"] == "second"
    assert not held.following.exists()


def test_one_that_ends_before_it_is_ready_changes_nothing(held: Held) -> None:
    before = held.ask()
    held.write(held.following, "second", [sys.executable, "-c", "raise SystemExit(3)"])
    held.process.send_signal(signal.SIGHUP)
    wait_until(lambda: held.state()["failed"] == 1)
    assert held.state()["reason"] == "code 3"
    assert held.ask() == before
    assert json.loads(held.file.read_text())["environment"]["NAME"] == "first"
    assert not held.following.exists()
    held.process.send_signal(signal.SIGHUP)  # the next try is not hindered
    wait_until(lambda: held.state()["replaced"] == 1)


@pytest.mark.parametrize(
    "content", ["{", '{"argv": ["/nowhere/program"], "environment": {}, "host": "", "port": 0, "patience": 9}']
)
def test_one_that_cannot_even_be_started_changes_nothing(held: Held, content: str) -> None:
    before = held.ask()
    held.following.write_text(content)
    held.process.send_signal(signal.SIGHUP)
    wait_until(lambda: held.state()["failed"] == 1)
    assert held.ask() == before


def test_one_that_is_late_is_ended(held: Held) -> None:
    before = held.ask()
    (held.folder / "hold-second").touch()
    held.write(held.following, "second", patience=1)
    held.process.send_signal(signal.SIGHUP)
    wait_until(lambda: held.state()["failed"] == 1)
    assert held.state()["reason"] == "late"
    assert held.ask() == before
    assert [child.pid for child in psutil.Process(held.process.pid).children()] == [before[1]]


def test_its_end_is_the_holders_with_its_code(held: Held) -> None:
    with pytest.raises((OSError, ValueError)):
        held.ask("end 7")
    assert held.process.wait(30) == 7
    assert not held.answers()


def test_killed_it_takes_the_holder_and_its_successor_along(held: Held) -> None:
    (held.folder / "hold-second").touch()
    held.write(held.following, "second")
    held.process.send_signal(signal.SIGHUP)
    wait_until((held.folder / "pid-second").exists)
    wait_until(lambda: (held.folder / "pid-second").read_text() != "")
    os.kill(held.state()["pid"], signal.SIGKILL)
    assert held.process.wait(30) == 128 + signal.SIGKILL
    assert not held.answers()
    wait_until(lambda: _gone(int((held.folder / "pid-second").read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is core.socket_handover that looks")
def test_a_killed_holder_takes_it_along(held: Held) -> None:
    pid = held.state()["pid"]
    held.process.kill()
    wait_until(lambda: _gone(pid))
    assert not held.answers()


def test_where_the_system_does_not_see_to_it_the_program_ends_with_its_holder(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, signal, sys\nsys.platform = 'darwin'\nfrom core import socket_handover\nsocket_handover.report_ready()\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\nsignal.pause()\n"
    )
    parent = (
        "import os, subprocess, sys\nreading, writing = os.pipe()\n"
        f"subprocess.run([sys.executable, {str(program)!r}], pass_fds=[writing], "
        f"env={{'HOLDER_READY': str(writing), 'PYTHONPATH': {str(ROOT)!r}}})\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", parent])
    file = tmp_path / "pid"
    wait_until(lambda: file.exists() and file.read_text() != "")
    holder.kill()
    holder.wait()
    wait_until(lambda: _gone(int(file.read_text())))


def test_what_is_in_hand_is_answered_before_the_end(held: Held) -> None:
    pid, answered = held.state()["pid"], []
    caller = threading.Thread(target=lambda: answered.append(held.ask("wait")))
    caller.start()
    wait_until((held.folder / "waiting").exists)
    os.killpg(held.process.pid, signal.SIGTERM)  # as supervisord does
    wait_until((held.folder / "terms").exists)
    (held.folder / "may-answer").touch()
    assert held.process.wait(30) == 0
    caller.join()
    assert answered == [("first", pid)]
    assert (held.folder / "terms").read_text().split() == [str(pid)]  # it was asked once
    assert _gone(pid)


def test_until_it_listens_callers_are_refused_at_once_and_it_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "hold-first").touch()
    running = Held(tmp_path)
    try:
        wait_until((tmp_path / "pid-first").exists)
        with pytest.raises(ConnectionRefusedError):
            running.ask()
        assert running.state()["ready"] is False
        (tmp_path / "hold-first").unlink()
        wait_until(running.answers)
        wait_until(lambda: running.state()["ready"])
    finally:
        running.process.terminate()
        running.process.wait()
