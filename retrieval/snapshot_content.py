"""A snapshot in memory: its entries, its indexes, its confidence model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from retrieval.confidence import Calibration
from retrieval.contracts import Embedder, Vectors
from retrieval.dense.index import VectorIndex
from retrieval.entry_file import EntryFile
from retrieval.lexical.index import LexicalIndex
from retrieval.passage_choice import PassageTerms, passage_terms
from retrieval.snapshots import Manifest, Snapshots, SnapshotUnusable

_PASSAGE_TERMS_KEPT = 512  # entries whose passages stay analysed


class Snapshot:
    """One loaded version. Immutable and thread-safe."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.entries = EntryFile(folder)
        self.lexical = LexicalIndex.load(folder / "lexical", len(self.entries))
        self.heads = VectorIndex.load(folder / "heads")
        self.sections = VectorIndex.load(folder / "sections")
        self.calibration = Calibration.read(folder / "calibration.json")
        self.allowed = lru_cache(maxsize=64)(self._allowed)
        self.passage_terms = lru_cache(maxsize=_PASSAGE_TERMS_KEPT)(self._passage_terms)

    @property
    def version(self) -> str:
        return self.manifest.version

    def known_vectors(self) -> dict[bytes, Vectors]:
        """All vectors by the key of their text, for the next build to take over."""
        return {
            key.tobytes(): vector
            for index in (self.heads, self.sections)
            for key, vector in zip(index.keys, index.vectors, strict=True)
        }

    def _allowed(self, collection: str | None, audience: str | None) -> NDArray[np.bool_] | None:
        """Which entries a search may find; ``None`` for all. An entry that names no audience is for everyone."""
        if collection is None and audience is None:
            return None
        return np.asarray(
            [
                (collection is None or own == collection) and (audience is None or not audiences or audience in audiences)
                for own, audiences in zip(self.entries.collections, self.entries.audiences, strict=True)
            ],
            dtype=np.bool_,
        )

    def _passage_terms(self, place: int) -> tuple[PassageTerms, ...]:
        return passage_terms(self.entries.at(place))


def load_snapshot(snapshots: Snapshots, version: str, embedder: Embedder | None) -> Snapshot:
    """Loads ``version``. Raises ``SnapshotUnusable`` where it is damaged, or made by another model than ``embedder``."""
    manifest = snapshots.manifest(version)
    if embedder is not None:
        made = (manifest.model, manifest.revision, manifest.dimension)
        asked = (embedder.name, embedder.revision, embedder.dimension)
        if made != asked:
            raise SnapshotUnusable(
                f"Snapshot {version} was made with {made[0]}@{made[1]} ({made[2]} dimensions), but the service runs "
                f"{asked[0]}@{asked[1]} ({asked[2]}): run `./guichet index build`, or set the model back."
            )
    try:
        snapshot = Snapshot(snapshots.folder / version, manifest)
    except (OSError, ValueError, KeyError, RuntimeError, EOFError, BadZipFile) as error:
        raise SnapshotUnusable(f"Snapshot {version} is damaged ({error}): run `./guichet index build`.") from error
    counts = {"entries": len(snapshot.entries), "heads": len(snapshot.heads.owners), "sections": len(snapshot.sections.owners)}
    if counts != manifest.counts:
        raise SnapshotUnusable(f"Snapshot {version} holds {counts}, its manifest says {manifest.counts}: build it again.")
    return snapshot
