"""Damages the active snapshot: one of its files is cut in half, and the killed action server has nothing else to start from."""

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
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder
from tools.bench.faults.fault import Fault
from tools.bench.kills import running_pid, until_back
from tools.bench.load import Load

_CUT = "sections.faiss"
_SUFFIX = "-torn"


def snapshot_fault(settings: Settings, torn_seconds: float) -> Fault:
    """Returns the fault: the action server starts with a damaged snapshot for so many seconds; then the intact one is active
    again.
    """
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
    """Activates a damaged copy while the block runs. The snapshot itself is not touched.

    If the block is killed (SIGKILL), ``./guichet index rollback`` restores the previous state.
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
    """Writes a new file, because the old one is a hard link to the intact snapshot's file."""
    aside = file.with_name(f"{file.name}.part")
    aside.write_bytes(content)
    aside.replace(file)
