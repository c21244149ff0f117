"""The shared place of snapshots.

``{place}/{version}/{SHA-256}`` is a file of the snapshot, named by the digest of its content.
``{place}/{version}/snapshot.json`` is its sealed manifest. It is written last: a version without it does not exist. Since a
file's name is its digest, two nodes that build one version at the same time cannot mix their files.
"""

import re
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from core.digests import sha256_of
from core.settings import Settings
from core.shared_folder import SharedFolder
from retrieval.contracts import Stage
from retrieval.snapshots.folder import FORMAT, KEPT, Manifest, Snapshots
from retrieval.snapshots.sealed import SharedTorn, opened, sealed

SEALED = "snapshot.json"
_VERSION = re.compile(r"(\d{8}T\d{6})\d{6}-([0-9a-f]{8})-(titles|full)")  # other names there are not ours
_ABANDONED_SECONDS = 24 * 3600  # an unfinished upload this old belongs to no running process


class SharedSnapshots:
    """The snapshots at ``url``. Blocking. All methods raise ``SharedUnreachable``; the local snapshots are then unchanged."""

    def __init__(self, url: str, keys: Sequence[str]) -> None:
        """Takes the service's secrets as ``keys``: the first one seals, any of them opens."""
        self.url = url
        self._folder, self._keys = SharedFolder(url), keys

    def versions(self) -> list[str]:
        """Returns the complete versions there, oldest first."""
        return [name for name in self._named() if self.holds(name)]

    def holds(self, version: str) -> bool:
        """Decides whether ``version`` is there."""
        return self._folder.exists(f"{version}/{SEALED}")

    def find(self, content: str, stage: Stage) -> str:
        """Returns the newest version with this ``content``, in ``stage`` or a later one; empty if there is none."""
        stages = ("titles", "full") if stage == "titles" else ("full",)
        for name in reversed(self._named()):
            match = _VERSION.fullmatch(name)
            if match and match[2] == content[:8] and match[3] in stages:
                with suppress(SharedTorn):
                    found = self._manifest(name)
                    if found and (found[0].content, found[0].format) == (content, FORMAT):
                        return name
        return ""

    def put(self, snapshots: Snapshots, version: str, *, again: bool = False) -> bool:
        """Uploads ``version``, its manifest last. Returns false if it is there already, unless ``again`` is set.

        Raises ``SnapshotUnusable`` if it is not among ``snapshots``.
        """
        manifest = snapshots.manifest(version)
        folder = snapshots.folder / version
        raw = (folder / "manifest.json").read_text(encoding="utf-8")
        if not again and self.holds(version):
            return False
        for name, digest in manifest.digests.items():
            self._folder.copy_from(f"{version}/{digest}", folder / name)
        self._folder.write(f"{version}/{SEALED}", sealed(raw, self._keys[0]))
        return True

    def fetch(self, version: str, snapshots: Snapshots) -> bool:
        """Downloads ``version`` into ``snapshots``. It appears there after the digests of all files were checked.

        Returns false if it is not there, or has another format. Raises ``SharedTorn`` and ``OSError``; nothing is left behind
        then.
        """
        found = self._manifest(version)
        if found is None or found[0].format != FORMAT:
            return False
        manifest, raw = found
        with snapshots.building(version) as aside:
            for name, digest in manifest.digests.items():
                target = aside / name
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    self._folder.copy_to(f"{version}/{digest}", target)
                except FileNotFoundError as error:
                    raise SharedTorn(f"{name} of snapshot {version} is missing from the shared place.") from error
                if sha256_of(target) != digest:
                    raise SharedTorn(f"{name} of snapshot {version} is damaged in the shared place.")
            (aside / "manifest.json").write_text(raw, encoding="utf-8")
        return True

    def prune(self, kept: int = KEPT, *, spared: Collection[str] = ()) -> list[str]:
        """Removes all versions but the newest ``kept`` and those ``spared``, and uploads abandoned long ago."""
        named, whole = self._named(), self.versions()
        gone = [name for name in whole[:-kept] if name not in spared]
        gone += [name for name in named if name not in whole and _seconds_old(name) > _ABANDONED_SECONDS]
        for name in gone:
            self._folder.remove(f"{name}/{SEALED}")  # first, so that a half-removed version is not fetched
            self._folder.remove(name)
        return gone

    def _manifest(self, version: str) -> tuple[Manifest, str] | None:
        try:
            content = self._folder.read(f"{version}/{SEALED}")
        except FileNotFoundError:
            return None
        return opened(content, version, self._keys)

    def _named(self) -> list[str]:
        return [name for name in self._folder.names() if _VERSION.fullmatch(name)]


def shared_snapshots(settings: Settings) -> SharedSnapshots | None:
    """Returns the configured shared place, if there is one."""
    return SharedSnapshots(settings.snapshots_url, settings.secret_keys) if settings.snapshots_url else None


def _seconds_old(version: str) -> float:
    built = datetime.strptime(version[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return time.time() - built.timestamp()
