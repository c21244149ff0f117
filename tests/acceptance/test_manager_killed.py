"""``kill -9`` of the process manager: what ``./guichet status``, ``down`` and ``up`` say and do then.

The manager, a holder and Redis are the real ones; the programs that they keep are small.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from cli import secret_file, stack, supervisor
from cli.commands import down, status, up
from cli.installation_processes import MANAGER
from tests.integration.manager_support import NAMES, STORE, SmallInstallation
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing ends before the next command")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallInstallation]:
    """A running installation, which the commands take for theirs; "direct" has not ended when it is asked once."""
    monkeypatch.setenv("GUICHET_LANG", "en")
    town = SmallInstallation(tmp_path)
    for module in (stack, status, up):
        monkeypatch.setattr(module, "processes", town.processes)
    for command in (down, status, up):
        monkeypatch.setattr(command, "Settings", lambda: town.settings)
    monkeypatch.setattr(secret_file, "ensure", lambda _: False)
    monkeypatch.setattr(up, "install", lambda *_, **__: None)
    monkeypatch.setattr(up, "print_places", lambda _: None)
    monkeypatch.setattr(supervisor, "START_SECONDS", 0)
    town.be_stubborn("direct")
    before = signal.getsignal(signal.SIGTERM)
    town.start()
    yield town
    town.clean_up()
    signal.signal(signal.SIGTERM, before)


def _kill(town: SmallInstallation) -> None:
    """Kill the manager; returns when those who heed it have ended, and "direct" is left."""
    town.kill_manager()
    wait_until(lambda: set(town.pids()) == {"direct"} and town.asked("direct"))


def _said(command: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    with contextlib.suppress(typer.Exit):
        command()
    return capsys.readouterr().err


def test_manager_killed_status_tells_and_down_stops_what_is_left(
    town: SmallInstallation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "was killed" not in _said(status.status, capsys)
    _kill(town)
    said = _said(status.status, capsys)
    assert f"The process manager was killed; processes that still run: 1 (direct {town.pids()['direct']})." in said
    assert "./guichet up ends them and starts the service again; ./guichet down ends them." in said
    assert "Guichet is stopped." in _said(down.down, capsys)
    assert not town.pids()
    assert _said(status.status, capsys) == ""
    assert "Guichet was not running." in _said(down.down, capsys)


def test_manager_killed_up_ends_what_is_left_and_starts_anew(
    town: SmallInstallation, capsys: pytest.CaptureFixture[str]
) -> None:
    _kill(town)
    left = town.pids()["direct"]
    town.be_stubborn("direct", yes=False)  # the next one
    said = _said(lambda: up.up(detach=True), capsys)
    assert "The process manager had been killed" in said
    assert set(town.pids()) == {MANAGER, *NAMES, STORE}
    assert town.pids()["direct"] != left
    capsys.readouterr()
    with pytest.raises(typer.Exit) as over:
        status.status(as_json=True)
    assert json.loads(capsys.readouterr().out)["manager"] == "running"
    assert over.value.exit_code == 0
    _said(down.down, capsys)
    assert not town.pids()
