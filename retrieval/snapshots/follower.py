"""Follows the active snapshot: loads a new one when the pointer changes, and the last good one if the active one is damaged."""

import threading
import time

import structlog

from core.garbage_collection import freeze_long_lived
from retrieval.contracts import Embedder
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.snapshot import Snapshot, load_last_good, load_snapshot

RETRY_SECONDS = 30.0  # between two attempts to load a refused snapshot: its files may have been repaired
log = structlog.get_logger(__name__)


class SnapshotFollower:
    """Holds the snapshot in use. Safe to call from several threads.

    The pointer is checked at most every ``check_seconds``. A new snapshot is loaded in a separate thread; searches use the old
    one meanwhile. An unusable snapshot is logged, and tried again when the pointer changes or after ``RETRY_SECONDS``.
    ``refused`` says why the active snapshot is not in use; it is empty otherwise.
    """

    def __init__(self, snapshots: Snapshots, embedder: Embedder, *, check_seconds: float, falls_back: bool) -> None:
        """Takes ``falls_back``. If it is set, and the active snapshot cannot be used while none is in use, the last good one is
        loaded; if there is none, there is no snapshot until one can be used. Without it ``SnapshotUnusable`` is raised instead.
        """
        self._snapshots, self._embedder = snapshots, embedder
        self._check_seconds, self._falls_back = check_seconds, falls_back
        self.snapshot: Snapshot | None = None
        self.refused = ""
        self._seen = ""
        self._checked = self._tried = float("-inf")
        self._loading = threading.Lock()
        self.refresh()

    def look(self) -> bool:
        """Checks the pointer if it is time, and starts to load a new snapshot. Returns whether it was checked."""
        now = time.monotonic()
        if now - self._checked < self._check_seconds:
            return False
        self._checked = now
        retry = bool(self.refused) and now - self._tried >= RETRY_SECONDS
        if (retry or self._snapshots.active() != self._seen) and self._loading.acquire(blocking=False):
            self._loading.release()
            threading.Thread(target=self._refresh_quietly, name="snapshot-loader", daemon=True).start()
        return True

    def refresh(self) -> None:
        """Loads the active snapshot now if it is not the one in use.

        If it cannot be used, keeps the present one, and raises ``SnapshotUnusable`` unless ``falls_back``.
        """
        with self._loading:
            self._seen = self._snapshots.active()
            self._checked = self._tried = time.monotonic()
            try:
                self._load_active()
            except SnapshotUnusable as error:
                if self._falls_back and self.snapshot is None:
                    self._use(load_last_good(self._snapshots, self._embedder))
                self._refuse(str(error))
                if not self._falls_back:
                    raise
            else:
                self.refused = ""

    def _load_active(self) -> None:
        version = self._seen
        if not version and self._snapshots.versions():
            raise SnapshotUnusable(
                "The file snapshots/active is missing, or names no snapshot: run `./guichet index build` or `index rollback`."
            )
        if version and (self.snapshot is None or self.snapshot.version != version):
            self._use(load_snapshot(self._snapshots, version, self._embedder))

    def _use(self, loaded: Snapshot | None) -> None:
        if loaded is None:
            return
        loaded.vocabulary.prepare()
        if loaded.version == self._seen:
            self.refused = ""  # first: a status read in between would name the new snapshot and say that it is refused
        replaces, self.snapshot = self.snapshot is not None, loaded
        if replaces:
            freeze_long_lived()
        log.info("snapshot_loaded", snapshot=loaded.version, stage=loaded.manifest.stage, active=loaded.version == self._seen)

    def _refuse(self, reason: str) -> None:
        if reason != self.refused:  # logged once only, however often it is tried again
            log.error("snapshot_refused", reason=reason, in_use=self.snapshot.version if self.snapshot else "")
        self.refused = reason

    def _refresh_quietly(self) -> None:
        try:
            self.refresh()
        except SnapshotUnusable:
            return  # logged, and reported by ``refused``
