"""From published entries to the active snapshot: what ``index build`` and a publication do."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.entry import Entry
from retrieval.build import build_snapshot
from retrieval.catalogue import Catalogue
from retrieval.contracts import Embedder, Stage
from retrieval.dense.vectors import Progress
from retrieval.snapshot_content import Snapshot
from retrieval.snapshots import Snapshots


def snapshots_folder(home: Path) -> Path:
    """Where snapshots live under the state folder."""
    return home / "snapshots"


def update_index(
    entries: Iterable[Entry] | Catalogue, home: Path, embedder: Embedder, stage: Stage, progress: Progress | None = None
) -> Snapshot:
    """Builds a snapshot of ``entries``, activates it, removes old ones. One build at a time: a second one waits.

    Whatever goes wrong, the snapshot that was active stays so. Raises ``ValueError`` where there is no entry.
    """
    snapshots = Snapshots(snapshots_folder(home))
    with alone(snapshots.folder):
        built = build_snapshot(
            entries,
            snapshots.folder,
            embedder,
            stage,
            previous=snapshots.active(),
            cache=home / "cache" / "vectors",
            progress=progress,
        )
        if snapshots.active() != built.version:
            snapshots.activate(built.version)
        snapshots.prune()
    return built


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One build or activation at a time under ``folder``, among all processes of this machine: others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
