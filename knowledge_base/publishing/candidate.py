"""The candidate: a snapshot of what would be published, built beside the active one and out of its way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from core.database import Database
from core.entry import Entry
from knowledge_base.publishing.apply import contents
from knowledge_base.publishing.contracts import Change
from knowledge_base.serving import listed
from retrieval.build import build_snapshot
from retrieval.catalogue import Listed
from retrieval.catalogue import listed as name_of
from retrieval.confidence import Calibration
from retrieval.contracts import Embedder
from retrieval.pipeline import alone, share, snapshots_folder, take
from retrieval.shared.snapshots import SharedSnapshots
from retrieval.snapshot_content import Snapshot
from retrieval.snapshots import Snapshots, SnapshotUnusable

type Progress = Callable[[int, int], None]


class Intended:
    """A ``retrieval.catalogue.Catalogue``: what citizens get, with ``changes`` carried out."""

    def __init__(
        self, standing: Sequence[Listed], changed: Sequence[Entry], read: Callable[[Sequence[Listed]], list[Entry]]
    ) -> None:
        self._standing, self._read = list(standing), read
        self._changed = {name_of(entry): entry for entry in changed}

    def listed(self) -> list[Listed]:
        return [*self._standing, *self._changed]

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        ours = [self._changed[one] for one in wanted if one in self._changed]
        others = [one for one in wanted if one not in self._changed]
        return [*ours, *(self._read(others) if others else [])]


async def intended(database: Database, changes: Sequence[Change], read: Callable[[Sequence[Listed]], list[Entry]]) -> Intended:
    """Returns what would be published. ``read`` fetches published entries by name, from the thread that builds.

    Raises ``CannotPublish`` where a revision is not there.
    """
    touched = {(change.collection, change.entry_id) for change in changes}
    async with database.read() as session:
        changed = await contents(session, changes)
    standing = [one for one in await listed(database) if (one.collection, one.id) not in touched]
    return Intended(standing, changed, read)


class Shelf:
    """The snapshots of this node, and beside them the candidates, which nothing else looks at."""

    def __init__(self, home: Path, shared: SharedSnapshots | None = None) -> None:
        """``shared``: where other machines fetch what is built here, and the reverse."""
        self.home, self._shared = home, shared
        self.snapshots = Snapshots(snapshots_folder(home))
        self.candidates = Snapshots(self.snapshots.folder / "candidates")

    def build(self, entries: Intended, embedder: Embedder, progress: Progress | None = None, version: str = "") -> Snapshot:
        """Returns a candidate from the active snapshot, or the active one itself where nothing differs. Blocking.

        Raises ``ValueError`` where nothing would be published.
        """
        with alone(self.snapshots.folder):
            if version:
                shutil.rmtree(self.candidates.folder / version, ignore_errors=True)
            if version and (self.snapshots.folder / version).exists():
                version = ""  # it is damaged, or of another version of the service: ours gets a name of its own
            return build_snapshot(
                entries,
                self.snapshots.folder,
                embedder,
                "full",
                previous=self.snapshots.latest(),
                cache=self.home / "cache" / "vectors",
                progress=progress,
                into=self.candidates.folder,
                version=version,
            )

    def answering(self) -> str:
        """Returns the version that citizens are answered from: the active one, or while that is damaged the last good one."""
        return next(filter(self.snapshots.is_whole, self.snapshots.by_preference()), "")

    def activate(self, version: str, before: str = "") -> None:
        """Make ``version``, a candidate or an older snapshot, the active one. Raises ``SnapshotUnusable``.

        ``before``, the one to go back to, is kept besides the newest."""
        with alone(self.snapshots.folder):
            if version in self.candidates.versions():
                self.candidates.check(version)
                self.snapshots.adopt(version, self.candidates.folder)
            self.snapshots.activate(version)
            self.snapshots.prune(spared=(before,))

    def share(self, version: str, before: str = "", *, again: bool = False) -> None:
        """Put ``version``, a candidate or a snapshot, where other machines fetch it, if there is such a place.

        ``before``, the one to go back to, is kept there too. A failure is logged: they then build it themselves."""
        shelf = self.snapshots if version in self.snapshots.versions() else self.candidates
        if self._shared:
            share(self._shared, shelf, version, spared=(before, self.snapshots.active()), again=again)

    def take(self, version: str) -> bool:
        """Fetch ``version``, which another machine built. False: it has to be built here.

        Raises ``SharedTorn`` where the shared one is damaged: then it has to be built here, and to replace that one."""
        with alone(self.snapshots.folder):
            there = (self.snapshots.folder / version).exists()  # but built by another version of the service
            return self._shared is not None and not there and take(self._shared, self.snapshots, version)

    def holds(self, version: str) -> bool:
        """Whether ``version`` can be activated without building it: it is there, whole, and of this version of the service."""
        for shelf in (self.snapshots, self.candidates):
            try:
                shelf.check(version)
                Calibration.read(shelf.folder / version / "calibration.json")
            except (SnapshotUnusable, ValueError, OSError):
                continue
            return True
        return False

    def clear(self, kept: Collection[str]) -> None:
        """Remove candidates that nobody decides about any more."""
        for version in self.candidates.versions():
            if version not in kept:
                shutil.rmtree(self.candidates.folder / version, ignore_errors=True)
