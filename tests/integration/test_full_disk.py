"""What a disk without room must not do: end who keeps the processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from shutil import _ntuple_diskusage as usage

import psutil
import pytest
import typer
from sqlalchemy.exc import DBAPIError

from cli.__main__ import main
from cli.commands.status import status
from cli.language import pick
from cli.supervisor import SUPERVISORD
from core.database import Database
from core.database.models import Conversation
from core.full_disk import is_full
from core.settings import ROOT
from tests.integration.channels_support import guichet, settings_for
from tests.integration.record_troubles import trouble_of
from tests.waiting import wait_until

# Says how many lines of 10 kB it has written: a pipe that nobody reads holds six of them.
_TALKER = (
    "import itertools, pathlib, time\nfor n in itertools.count():\n    print('x' * 10_000, flush=True)\n"
    "    pathlib.Path(__file__).with_name('written').write_text(str(n))\n    time.sleep(0.01)\n"
)
_LINES = 100


async def test_a_disk_without_room_is_seen_by_readiness_and_status(
    database: Database,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path)
    async with guichet(settings) as service:
        room = usage(total=10**9, used=10**9 - 4096, free=4096)
        monkeypatch.setattr("core.full_disk.shutil.disk_usage", lambda folder: room)
        parts = (await service.http.get("/health/ready")).json()["parts"]
        assert parts["sql"] == ("failed" if database.is_sqlite else "ok")  # PostgreSQL's disk is its own
    monkeypatch.setattr("cli.commands.status.Settings", lambda: settings)
    with pytest.raises(typer.Exit):
        await asyncio.to_thread(status)
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["full", "read-only"])
async def test_a_command_says_in_a_sentence_that_there_is_no_room(
    database: Database, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble = trouble_of(database)
    await trouble.begin(kind)
    with pytest.raises(DBAPIError) as failed:
        await _fill(database)
    await trouble.end()
    assert is_full(failed.value) is (kind == "full")
    if kind == "full":
        commands = typer.Typer()

        @commands.command()
        def command() -> None:
            raise failed.value

        monkeypatch.setattr("cli.__main__.application", lambda wanted: commands)
        monkeypatch.setattr("sys.argv", ["guichet"])
        with pytest.raises(SystemExit):
            main()
        assert pick("plein", "full") in capsys.readouterr().err


async def _fill(database: Database) -> None:
    for number in range(200):  # what is left of the last pages is still used
        async with database.write() as session:
            session.add(Conversation(id=f"{number}", channel="web", origin="citizen", language="fr", address=bytes(3000)))


def test_no_log_can_be_written_and_programs_are_kept_and_stopped_all_the_same(tmp_path: Path) -> None:
    """On ``/dev/full`` each write fails as on a full disk."""
    (tmp_path / "talker.py").write_text(_TALKER)
    config = tmp_path / "supervisord.conf"
    config.write_text(
        f"[supervisord]\nlogfile=/dev/full\nlogfile_maxbytes=0\npidfile={tmp_path}/pid\nsilent=true\n"
        f"[program:talker]\ncommand={sys.executable} {tmp_path}/talker.py\nautorestart=true\nstartsecs=0\n"
        "redirect_stderr=true\nstdout_logfile=/dev/full\nstdout_logfile_maxbytes=0\n"
    )
    with Path("/dev/full").open("wb") as full:
        daemon = subprocess.Popen(
            [sys.executable, "-m", SUPERVISORD, "-n", "-c", str(config)], cwd=ROOT, stdout=full, stderr=full
        )
    keeper = psutil.Process(daemon.pid)
    try:
        wait_until(lambda: bool(keeper.children()))
        (talker,) = keeper.children()
        written = tmp_path / "written"
        wait_until(lambda: int(written.read_text() or 0) > _LINES, ignoring=FileNotFoundError)  # none got into the log
        assert daemon.poll() is None
        assert keeper.children() == [talker]
        talker.kill()
        wait_until(lambda: keeper.children() not in ([], [talker]))
        (again,) = keeper.children()
        daemon.terminate()
        daemon.wait(timeout=60)
        assert not again.is_running()
    finally:
        for process in (*keeper.children(), keeper) if daemon.poll() is None else ():
            process.kill()
