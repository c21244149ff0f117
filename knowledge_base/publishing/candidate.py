"""The candidate: a snapshot of the content to be published, built next to the active one without disturbing it."""

import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from core.database import Database
from core.entry import Entry
from knowledge_base.entries.served_content import listed
from knowledge_base.progress import Progress
from knowledge_base.publishing.apply import contents
from knowledge_base.publishing.contracts import Change
from retrieval.contracts import Embedder
from retrieval.decision.confidence import Calibration
from retrieval.index.catalogue import Listed
from retrieval.index.catalogue import listed as name_of
from retrieval.snapshots.build import build_snapshot
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.shared import SharedSnapshots
from retrieval.snapshots.snapshot import Snapshot
from retrieval.snapshots.update import build_lock, share, snapshots_folder, take


class IntendedContent:
    """A ``retrieval.index.catalogue.Catalogue``: the published content, with ``changes`` applied."""

    def __init__(
        self, unchanged: Sequence[Listed], changed: Sequence[Entry], read: Callable[[Sequence[Listed]], list[Entry]]
    ) -> None:
        self._unchanged, self._read = list(unchanged), read
        self._changed = {name_of(entry): entry for entry in changed}

    def listed(self) -> list[Listed]:
        return [*self._unchanged, *self._changed]

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        ours = [self._changed[one] for one in wanted if one in self._changed]
        others = [one for one in wanted if one not in self._changed]
        return [*ours, *(self._read(others) if others else [])]


async def intended_content(
    database: Database, changes: Sequence[Change], read: Callable[[Sequence[Listed]], list[Entry]]
) -> IntendedContent:
    """Returns the content to be published. ``read`` fetches published entries by name, from the thread that builds.

    Raises ``CannotPublish`` if a revision is missing.
    """
    changed_keys = {(change.collection, change.entry_id) for change in changes}
    async with database.read() as session:
        changed = await contents(session, changes)
    unchanged = [one for one in await listed(database) if (one.collection, one.id) not in changed_keys]
    return IntendedContent(unchanged, changed, read)


class NodeSnapshots:
    """The snapshots of this node, and the candidates, in a folder of their own that only publishing uses."""

    def __init__(self, home: Path, shared: SharedSnapshots | None = None) -> None:
        """Takes ``shared``: the place through which machines exchange snapshots."""
        self.home, self._shared = home, shared
        self.snapshots = Snapshots(snapshots_folder(home))
        self.candidates = Snapshots(self.snapshots.folder / "candidates")

    def build(
        self, entries: IntendedContent, embedder: Embedder, progress: Progress | None = None, version: str = ""
    ) -> Snapshot:
        """Returns a candidate based on the active snapshot, or the active one itself if nothing differs. Blocking.

        Raises ``ValueError`` if nothing would be published.
        """
        with build_lock(self.snapshots.folder):
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

    def version_in_use(self) -> str:
        """Returns the version in use: the active one, or the last good one if that is damaged."""
        return next(filter(self.snapshots.is_whole, self.snapshots.by_preference()), "")

    def activate(self, version: str, before: str = "") -> None:
        """Activates ``version``, a candidate or an older snapshot. Raises ``SnapshotUnusable``.

        ``before``, the version for a rollback, is kept in addition to the newest.
        """
        with build_lock(self.snapshots.folder):
            if version in self.candidates.versions():
                self.candidates.check(version)
                self.snapshots.adopt(version, self.candidates.folder)
            self.snapshots.activate(version)
            self.snapshots.prune(spared=(before,))

    def share(self, version: str, before: str = "", *, again: bool = False) -> None:
        """Uploads ``version``, a candidate or a snapshot, to the shared place, if there is one.

        ``before``, the version for a rollback, is kept there too. A failure is logged; other machines then build it themselves.
        """
        snapshots = self.snapshots if version in self.snapshots.versions() else self.candidates
        if self._shared:
            share(self._shared, snapshots, version, spared=(before, self.snapshots.active()), again=again)

    def take(self, version: str) -> bool:
        """Fetches ``version``, which another machine built. Returns false if it must be built here.

        Raises ``SharedTorn`` if the shared one is damaged: it must then be built here and replaced there.
        """
        with build_lock(self.snapshots.folder):
            there = (self.snapshots.folder / version).exists()  # but built by another version of the service
            return self._shared is not None and not there and take(self._shared, self.snapshots, version)

    def can_activate(self, version: str) -> bool:
        """Decides whether ``version`` is there, intact and of this version of the service: then no build is needed."""
        for snapshots in (self.snapshots, self.candidates):
            try:
                snapshots.check(version)
                Calibration.read(snapshots.folder / version / "calibration.json")
            except (SnapshotUnusable, ValueError, OSError):
                continue
            return True
        return False

    def clear(self, waiting: Collection[str]) -> None:
        """Removes candidates that no longer wait for a decision."""
        for version in self.candidates.versions():
            if version not in waiting:
                shutil.rmtree(self.candidates.folder / version, ignore_errors=True)
