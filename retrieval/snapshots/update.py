"""From published entries to the active snapshot: the work of ``index build`` and of a publication."""

import fcntl
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from core.entry import Entry
from core.shared_folder import SharedUnreachable
from retrieval.contracts import Embedder, Stage
from retrieval.index.catalogue import Catalogue, ListedEntries
from retrieval.index.vectors import Progress
from retrieval.snapshots.build import build_snapshot, content_of
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.sealed import SharedTorn
from retrieval.snapshots.shared import SharedSnapshots
from retrieval.snapshots.snapshot import Snapshot

log = structlog.get_logger(__name__)


def snapshots_folder(home: Path) -> Path:
    """Returns the folder of snapshots in the state folder."""
    return home / "snapshots"


def update_index(
    entries: Iterable[Entry] | Catalogue,
    home: Path,
    embedder: Embedder,
    stage: Stage,
    progress: Progress | None = None,
    shared: SharedSnapshots | None = None,
) -> Snapshot:
    """Builds a snapshot of ``entries``, activates it, and removes old ones. One build at a time: a second one waits.

    If another machine has ``shared`` a snapshot of the same entries, that one is used. Otherwise the new snapshot is shared.
    After an error the previous snapshot stays active. Raises ``ValueError`` if there is no entry.
    """
    snapshots = Snapshots(snapshots_folder(home))
    catalogue = entries if isinstance(entries, Catalogue) else ListedEntries(entries)
    with build_lock(snapshots.folder):
        taken = _another_machines(shared, snapshots, catalogue, embedder, stage) if shared else ""
        built = build_snapshot(
            catalogue,
            snapshots.folder,
            embedder,
            stage,
            previous=taken or snapshots.latest(),
            cache=home / "cache" / "vectors",
            progress=progress,
        )
        if snapshots.active() != built.version:
            snapshots.activate(built.version)
        snapshots.prune()
    if shared:
        share(shared, snapshots, built.version)
    return built


def share(
    shared: SharedSnapshots, snapshots: Snapshots, version: str, *, spared: Collection[str] = (), again: bool = False
) -> None:
    """Puts ``version`` into the shared place and removes old versions there. A failure is logged; other nodes then build it
    themselves.
    """
    try:
        if shared.put(snapshots, version, again=again):
            gone = shared.prune(spared=(version, *spared))
            log.info("snapshot_shared", snapshot=version, place=shared.url, removed=len(gone))
    except (SharedUnreachable, SnapshotUnusable, OSError) as error:
        log.error("snapshot_not_shared", snapshot=version, reason=str(error))


def take(shared: SharedSnapshots, snapshots: Snapshots, version: str) -> bool:
    """Fetches ``version``. Returns whether it succeeded; otherwise the log says why, and the snapshot must be built here.
    Raises ``SharedTorn``, after logging it.
    """
    try:
        found = shared.fetch(version, snapshots)
    except (SharedUnreachable, OSError) as error:
        log.error("snapshot_not_fetched", snapshot=version, reason=str(error))
        return False
    except SharedTorn as error:
        log.error("snapshot_not_fetched", snapshot=version, reason=str(error))
        raise
    log.info("snapshot_fetched" if found else "snapshot_not_shared_yet", snapshot=version, place=shared.url)
    return found


def _another_machines(
    shared: SharedSnapshots, snapshots: Snapshots, catalogue: Catalogue, embedder: Embedder, stage: Stage
) -> str:
    """Fetches a shared snapshot of the ``catalogue``. Returns its version; empty if there is none, or if the active snapshot is
    one already.
    """
    content = content_of(sorted(catalogue.listed()), embedder)
    try:
        active = snapshots.manifest(snapshots.active()) if snapshots.active() else None
    except SnapshotUnusable:
        active = None
    if active and active.content == content and stage in ("titles", active.stage):
        return ""
    try:
        version = shared.find(content, stage)
        if not version or (snapshots.folder / version).exists():
            return version
        return version if take(shared, snapshots, version) else ""
    except (SharedUnreachable, SharedTorn) as error:
        log.error("snapshot_not_fetched", reason=str(error))
        return ""


def is_building(folder: Path) -> bool:
    """Decides whether a process of this machine is building or activating under ``folder``; the next one waits for it."""
    try:
        with (folder / ".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def build_lock(folder: Path) -> Iterator[None]:
    """Holds the lock for one build or activation under ``folder``, among all processes of this machine. Others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
