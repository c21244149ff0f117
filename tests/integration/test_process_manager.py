"""The process manager killed, stopped, or of another machine: what later commands find, end, and leave alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from cli import stack, supervisor
from cli.doctor.service import check_processes, running
from cli.installation_processes import MANAGER
from cli.language import Refusal
from cli.manager_record import ManagerRecord, mark_of
from cli.manager_state import manager_state, manager_trouble
from cli.process_identity import boot_id, start_time
from tests.integration.manager_support import NAMES, STORE, SmallInstallation, runs
from tests.waiting import wait_until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere what is left is found by the next command")
Made = Callable[[str], SmallInstallation]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Starts installations side by side, each in a folder of its own."""
    monkeypatch.setattr(supervisor, "START_SECONDS", 0)
    made: list[SmallInstallation] = []

    def start(name: str) -> SmallInstallation:
        installation = SmallInstallation(tmp_path / name)
        monkeypatch.setattr(stack, "processes", installation.processes)
        made.append(installation)
        installation.start()
        return installation

    yield start
    for installation in made:
        installation.clean_up()


@pytest.fixture
def small(installed: Made) -> SmallInstallation:
    return installed("small")


def _write_record(small: SmallInstallation, **changes: object) -> None:
    """A record of a manager of this installation that did not end in order."""
    record = ManagerRecord(1, "0", boot_id(), mark_of(small.home))
    (small.home / "run" / "manager.json").write_text(json.dumps(asdict(record) | changes))


def _leave(small: SmallInstallation, name: str) -> int:
    """Kill the manager; the program ``name`` stays. Its number."""
    small.be_stubborn(name)
    pid = small.pids()[name]
    small.kill_manager()
    wait_until(lambda: small.asked(name))
    return pid


def test_left_processes_running_installation_finds_all_of_it(small: SmallInstallation) -> None:
    assert set(small.pids()) == {MANAGER, *NAMES, STORE}
    assert manager_state(small.home).kind == "running"


@linux_only
def test_manager_killed_processes_are_asked_once_and_end(small: SmallInstallation) -> None:
    small.kill_manager()
    wait_until(lambda: not small.pids())
    assert {name: small.asked(name) for name in NAMES} == dict.fromkeys(NAMES, 1)
    state = manager_state(small.home)
    assert (state.kind, state.processes) == ("killed", ())


@linux_only
def test_manager_killed_process_that_stays_is_named_and_stopped(small: SmallInstallation) -> None:
    pid = _leave(small, "direct")
    wait_until(lambda: small.pids() == {"direct": pid})
    trouble = manager_trouble(manager_state(small.home))
    assert trouble is not None
    assert f"direct {pid}" in trouble.problem[1]
    assert "./guichet down" in trouble.advice[1]
    assert running(small.settings)  # so that restore is refused
    (finding,) = check_processes(small.settings)
    assert (finding.level, finding.message) == ("problem", trouble.problem)
    assert stack.stop(small.settings)
    assert not runs(pid)
    assert manager_state(small.home).kind == "stopped"
    assert not stack.stop(small.settings)


@linux_only
def test_manager_killed_start_ends_what_is_left_and_runs_anew(small: SmallInstallation) -> None:
    pid = _leave(small, "direct")
    small.start()
    assert not runs(pid)
    assert manager_state(small.home).kind == "running"
    assert set(small.pids()) == {MANAGER, *NAMES, STORE}


@linux_only
def test_manager_and_holder_killed_nothing_stays(small: SmallInstallation) -> None:
    os.kill(small.holder, signal.SIGKILL)
    small.kill_manager()
    wait_until(lambda: not small.pids())


def test_manager_killed_other_installation_goes_on(installed: Made) -> None:
    first, second = installed("first"), installed("second")
    before = second.pids()
    assert len(before) == 4
    first.kill_manager()
    stack.stop(first.settings)
    assert not first.pids()
    assert second.pids() == before
    assert manager_state(second.home).kind == "running"


def test_stop_copied_folder_leaves_the_original_alone(small: SmallInstallation, tmp_path: Path) -> None:
    before, home = small.pids(), tmp_path / "copy"
    shutil.copytree(small.home, home, ignore=lambda _, names: [name for name in names if name.endswith(".sock")])
    assert manager_state(home).kind == "stopped"
    assert not stack.stop(small.settings.model_copy(update={"home": home}))
    assert small.pids() == before


def test_stop_number_that_is_another_process_now_leaves_it_alone(small: SmallInstallation) -> None:
    assert stack.stop(small.settings)
    # It opens a session, as a manager does, and hides its environment, as Redis does: only its start tells them apart.
    with subprocess.Popen(["/usr/bin/env", "-i", "/bin/sleep", "600"], start_new_session=True) as other:
        try:
            _write_record(small, pid=other.pid)
            assert manager_state(small.home).kind == "killed"
            assert not stack.stop(small.settings)
            assert other.poll() is None
        finally:
            other.kill()


def test_start_machine_restarted_says_so_and_runs(small: SmallInstallation) -> None:
    stack.stop(small.settings)
    _write_record(small, boot="another", pid=os.getpid(), started=start_time(os.getpid()))
    trouble = manager_trouble(manager_state(small.home))
    assert trouble is not None
    assert "restarted" in trouble.problem[1]
    (small.home / "run" / "supervisor.sock").touch()  # as a power failure leaves it
    small.start()
    assert manager_state(small.home).kind == "running"


def test_manager_silent_start_is_refused_and_stop_ends_all(small: SmallInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_LOOK_SECONDS", 0.5)
    before = small.pids()
    os.kill(small.manager, signal.SIGSTOP)
    wait_until(lambda: psutil.Process(small.manager).status() == psutil.STATUS_STOPPED)
    assert manager_state(small.home).kind == "silent"
    with pytest.raises(Refusal, match="guichet down"):
        stack.start(small.settings)
    assert small.pids() == before
    assert stack.stop(small.settings)
    assert not small.pids()
    assert {name: small.asked(name) for name in NAMES} == dict.fromkeys(NAMES, 1)


def test_start_running_installation_is_refused_and_left_alone(small: SmallInstallation) -> None:
    before = small.pids()
    with pytest.raises(Refusal, match=r"already running|fonctionne déjà"):
        stack.start(small.settings)
    assert small.pids() == before
