"""The folder of snapshots: immutable versions, and one pointer to the active one.

``{folder}/{version}/`` is complete or absent (it is built under a name with a leading dot, and renamed). ``{folder}/active`` is
a file with the active version's name, which is replaced in one step. ``check`` finds damage that happened later, by the digests
in the manifest.
"""

import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.digests import sha256_of
from retrieval.contracts import Stage

FORMAT = 8  # raise it when the files of a snapshot change
KEPT = 5
_ABANDONED_SECONDS = 24 * 3600  # an unfinished build this old belongs to no running process
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")  # a version's name; a damaged pointer may hold anything


class SnapshotUnusable(Exception):
    """A snapshot is missing, damaged, or made by another model or format. The message says which, and what to do."""


class Manifest(BaseModel):
    """The description of a snapshot. ``content`` is a digest of all entries; ``calibration`` is its confidence model.

    ``thresholds`` are the least confidences for ``answered`` and for ``choices``. ``seconds`` is the duration of the build.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    format: int = FORMAT
    stage: Stage
    model: str
    revision: str
    dimension: int
    made_by: str = Field("", description="versions of what takes terms and texts from an entry: other ones take others")
    content: str
    counts: dict[str, int]
    digests: dict[str, str] = Field(description="file → SHA-256")
    thresholds: dict[str, float]
    created: str
    seconds: float = 0.0


class Snapshots:
    """The snapshots under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "active"

    def active(self) -> str:
        """Returns the active version; an empty string if there is no pointer, or if its version does not exist."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return name if _NAME.fullmatch(name) else ""

    def latest(self) -> str:
        """Returns the version on which to base the next build: the active one, else the newest; empty if there is none."""
        return self.active() or next(reversed(self.versions()), "")

    def versions(self) -> list[str]:
        """Returns the complete versions, oldest first (names begin with the time)."""
        if not self.folder.is_dir():
            return []
        return sorted(path.parent.name for path in self.folder.glob("[!.]*/manifest.json"))

    def by_preference(self) -> list[str]:
        """Returns the versions in the order of preference for answering.

        First the active one; then those before it, the newest first; last those after it, because somebody went back from them.
        """
        active, newest_first = self.active(), self.versions()[::-1]
        before = [version for version in newest_first if not active or version < active]
        after = [version for version in newest_first if active and version > active]
        return [*([active] if active else []), *before, *after]

    def manifest(self, version: str, *, any_format: bool = False) -> Manifest:
        """Returns the manifest. Raises ``SnapshotUnusable`` if it is missing, damaged, or of another format (unless
        ``any_format``).
        """
        path = self.folder / version / "manifest.json"
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise SnapshotUnusable(f"There is no snapshot {version!r}: run `./guichet index build`.") from error
        except (ValidationError, OSError) as error:
            raise SnapshotUnusable(f"The manifest of snapshot {version} is damaged: run `./guichet index build`.") from error
        if manifest.version != version:
            raise SnapshotUnusable(f"The manifest of snapshot {version} is of another one: run `./guichet index build`.")
        if manifest.format != FORMAT and not any_format:
            raise SnapshotUnusable(
                f"Snapshot {version} has format {manifest.format}, this version reads {FORMAT}: run `./guichet index build`."
            )
        return manifest

    def check(self, version: str) -> Manifest:
        """Returns the manifest of ``version`` after checking every file (0.1 s for 115 MB, read from memory).

        Raises ``SnapshotUnusable``, which names the damaged files, or says why the manifest is unusable.
        """
        manifest = self.manifest(version)
        if torn := self.torn(manifest):
            raise SnapshotUnusable(f"Snapshot {version} is damaged ({', '.join(torn)}): run `./guichet index build`.")
        return manifest

    def is_whole(self, version: str) -> bool:
        """Decides whether ``check`` finds no fault in ``version``."""
        try:
            self.check(version)
        except SnapshotUnusable:
            return False
        return True

    def torn(self, manifest: Manifest, names: Collection[str] = ()) -> list[str]:
        """Returns which files of a snapshot (all, or ``names``) are missing or damaged."""
        return [name for name in names or manifest.digests if not self._is_as_written(manifest, name)]

    def _is_as_written(self, manifest: Manifest, name: str) -> bool:
        try:
            return sha256_of(self.folder / manifest.version / name) == manifest.digests.get(name)
        except (OSError, ValueError):  # ValueError: not a possible file name
            return False

    @contextmanager
    def building(self, version: str) -> Iterator[Path]:
        """Yields a folder to fill. It becomes ``version`` if the block succeeds, and is removed otherwise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{version}.{os.getpid()}"
        aside.mkdir()
        try:
            yield aside
            for path in (*aside.rglob("*"), aside):  # folders too: they hold the files' names
                _sync(path)
            aside.rename(self.folder / version)
            _sync(self.folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def activate(self, version: str) -> None:
        """Makes ``version`` the active one by one rename. Raises ``SnapshotUnusable`` and changes nothing if it cannot be
        used.
        """
        self.check(version)
        aside = self.folder / f".active.{os.getpid()}"
        aside.write_text(version, encoding="ascii")
        _sync(aside)
        aside.replace(self._pointer)
        _sync(self.folder)

    def adopt(self, version: str, folder: Path) -> None:
        """Moves ``version`` here from ``folder``, where it was built. Does nothing if it is here already."""
        if not (self.folder / version).exists():
            (folder / version).rename(self.folder / version)
            _sync(self.folder)

    def rollback(self) -> str:
        """Activates the newest intact version before the active one (the newest of all if the pointer names none).

        Returns that version. Raises ``SnapshotUnusable`` if there is none.
        """
        active = self.active()
        for version in reversed(self.versions()):
            if not active or version < active:
                with suppress(SnapshotUnusable):
                    self.activate(version)
                    return version
        raise SnapshotUnusable("There is no older snapshot to go back to.")

    def prune(self, kept: int = KEPT, *, spared: Collection[str] = ()) -> list[str]:
        """Removes all versions but the newest ``kept``, and builds abandoned long ago. Never removes the active version or
        those ``spared``.
        """
        gone = [version for version in self.versions()[:-kept] if version != self.active() and version not in spared]
        for version in gone:
            shutil.rmtree(self.folder / version, ignore_errors=True)
        for path in self.folder.glob(".2*"):
            if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
        return gone


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
