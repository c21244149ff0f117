"""Faults of ``./guichet bench faults``: what they touch is as before afterwards, or is again in order."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from cli.language import Refusal
from retrieval.snapshots.folder import Manifest, Snapshots
from tests.integration.channels_support import settings_for
from tests.integration.servers import PostgresServer
from tools.bench.faults import clock_fault
from tools.bench.faults.clock_fault import clock_faults
from tools.bench.faults.disk_fault import disk_fault, full
from tools.bench.faults.postgresql_faults import postgresql_faults
from tools.bench.faults.snapshot_fault import torn
from tools.bench.load import Load

_VERSION, _CONTENT = "20260101T000000000000-aaaaaaaa-full", b"0123456789"


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    """A folder with one whole snapshot, which is active."""
    snapshots = Snapshots(tmp_path)
    manifest = Manifest(
        version=_VERSION,
        stage="full",
        model="m",
        revision="r",
        dimension=1,
        content="c",
        counts={},
        digests={"sections.faiss": hashlib.sha256(_CONTENT).hexdigest()},
        thresholds={},
        created="2026-01-01T00:00:00Z",
    )
    with snapshots.building(_VERSION) as folder:
        (folder / "sections.faiss").write_bytes(_CONTENT)
        (folder / "manifest.json").write_text(manifest.model_dump_json())
    snapshots.activate(_VERSION)
    return snapshots


def test_torn_active_snapshot_is_cut_and_the_whole_one_is_not(snapshots: Snapshots) -> None:
    whole = snapshots.folder / _VERSION / "sections.faiss"
    with torn(snapshots):
        active = snapshots.active()
        assert active != _VERSION
        assert snapshots.manifest(active).version == active
        assert (snapshots.folder / active / "sections.faiss").read_bytes() == _CONTENT[:5]
        assert whole.read_bytes() == _CONTENT
    assert snapshots.active() == _VERSION
    assert snapshots.versions() == [_VERSION]
    assert whole.read_bytes() == _CONTENT


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.mark.parametrize("name", ["postgresql-restarted", "postgresql-away"])
async def test_postgresql_that_was_ended_answers_again(own_postgres: PostgresServer, name: str, tmp_path: Path) -> None:
    settings = settings_for(own_postgres.url("postgres"), "", tmp_path)
    before = await _started_at(own_postgres)
    (fault,) = (one for one in postgresql_faults(settings, 0) if one.name == name)
    await fault.happen(Load(settings))
    assert await _started_at(own_postgres) > before


async def _started_at(server: PostgresServer) -> datetime:
    connection = await asyncpg.connect(server.dsn("postgres"))
    started: datetime = await connection.fetchval("SELECT pg_postmaster_start_time()")
    await connection.close()
    return started


def test_disk_on_which_others_may_live_is_not_filled(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="GUICHET_DATABASE_URL"), full(tmp_path, most=0):
        pass
    assert not list(tmp_path.iterdir())


async def test_disk_of_postgresql_is_not_filled(tmp_path: Path) -> None:
    settings = settings_for("postgresql+asyncpg:///guichet", "", tmp_path)
    with pytest.raises(Refusal, match="SQLite"):
        await disk_fault(settings, 0).happen(Load(settings))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A process that is taken for the gateway, with the environment that the test wants; the file of its clock."""
    file = tmp_path / "clock"
    environment = {"PATH": os.environ["PATH"], "FAKETIME_TIMESTAMP_FILE": str(file), **request.param}
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    monkeypatch.setattr(clock_fault, "running_pid", lambda *_: process.pid)
    yield file
    process.kill()
    process.wait(10)


@pytest.mark.parametrize("gateway", [{"LD_PRELOAD": "libfaketime.so.1"}], indirect=True)
def test_clock_that_jumped_is_right_again(gateway: Path, tmp_path: Path) -> None:
    settings = settings_for("", "", tmp_path)
    for fault in clock_faults(settings, 0):
        gateway.unlink(missing_ok=True)
        asyncio.run(fault.happen(Load(settings)))
        assert gateway.read_text() == "+0"


@pytest.mark.parametrize("gateway", [{}], indirect=True)
def test_clock_of_a_service_without_libfaketime_is_left_alone(gateway: Path, tmp_path: Path) -> None:
    settings = settings_for("", "", tmp_path)
    for fault in clock_faults(settings, 0):
        with pytest.raises(Refusal, match="libfaketime"):
            asyncio.run(fault.happen(Load(settings)))
    assert not gateway.exists()
