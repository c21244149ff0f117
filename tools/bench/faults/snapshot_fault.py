"""The active snapshot torn: a file of it is cut in half, and the action server, killed, has nothing else to start from."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.processes import processes
from core.settings import Settings
from retrieval.pipeline import snapshots_folder
from retrieval.snapshots import Snapshots
from tools.bench.faults.fault import Fault
from tools.bench.kills import running_pid, until_back
from tools.bench.load import Load

_CUT = "sections.faiss"
_SUFFIX = "-torn"


def snapshot_fault(settings: Settings, torn_seconds: float) -> Fault:
    """Returns the action server starts for so long with a torn snapshot; then the whole one is active again."""
    actions = next(process for process in processes(settings) if process.name == "actions")

    async def happen(_: Load) -> None:
        with torn(Snapshots(snapshots_folder(settings.home))):
            victim = running_pid(settings, actions.name)
            os.kill(victim, signal.SIGKILL)
            await asyncio.sleep(torn_seconds)
        await until_back(settings, actions, victim)

    return Fault("snapshot-torn", happen)


@contextmanager
def torn(snapshots: Snapshots) -> Iterator[None]:
    """A torn copy is active while the block runs; the snapshot itself is not touched.

    Where the block is not left at all (SIGKILL), ``./guichet index rollback`` goes back.
    """
    version = snapshots.active()
    copy = f"{version}{_SUFFIX}"
    with snapshots.building(copy) as folder:
        shutil.copytree(snapshots.folder / version, folder, copy_function=os.link, dirs_exist_ok=True)
        _rewrite(folder / "manifest.json", _of_version(folder / "manifest.json", copy))
    try:
        snapshots.activate(copy)
        cut = snapshots.folder / copy / _CUT
        _rewrite(cut, cut.read_bytes()[: cut.stat().st_size // 2])
        yield
    finally:
        snapshots.activate(version)
        shutil.rmtree(snapshots.folder / copy)


def _of_version(manifest: Path, version: str) -> bytes:
    return json.dumps(json.loads(manifest.read_bytes()) | {"version": version}).encode()


def _rewrite(file: Path, content: bytes) -> None:
    """Not in place: the other name of the file is the whole snapshot's."""
    aside = file.with_name(f"{file.name}.part")
    aside.write_bytes(content)
    aside.replace(file)
