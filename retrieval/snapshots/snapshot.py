"""A snapshot in memory: its entries, its indexes, its confidence model."""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Embedder, Vectors
from retrieval.decision.confidence import Calibration
from retrieval.index.entry_file import EntryFile
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.terms_file import Terms
from retrieval.index.vector_index import VectorIndex
from retrieval.query.spelling import Vocabulary
from retrieval.ranking.audience_penalty import AudiencePages
from retrieval.ranking.local_pages import LocalPages
from retrieval.ranking.page_priors import page_priors
from retrieval.ranking.twins import newer_twins
from retrieval.snapshots.folder import Manifest, Snapshots, SnapshotUnusable
from retrieval.terms.analysis import term_count

_DAMAGE = (OSError, ValueError, KeyError, RuntimeError, EOFError, BadZipFile)  # exceptions raised by reading a damaged file
_VECTORS = ("heads", "sections", "questions")


class Snapshot:
    """One loaded version. Immutable and thread-safe."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.entries = EntryFile(folder)
        self.vocabulary = Vocabulary.load(folder / "words.json")
        self.terms = Terms.load(folder)
        if len(self.terms.entries) != len(self.entries):
            raise ValueError("terms.npy is of other entries")
        self.lexical = LexicalIndex.load(folder / "lexical", self.terms.vocabulary, len(self.entries))
        self.heads = VectorIndex.load(folder / "heads")
        self.sections = VectorIndex.load(folder / "sections")
        self.questions = VectorIndex.load(folder / "questions")
        self.calibration = Calibration.read(folder / "calibration.json")
        self.allowed = lru_cache(maxsize=64)(self._allowed)
        self.audience_pages = AudiencePages(self.terms, self.entries.audiences)
        self.priors = page_priors(
            self.entries.linked,
            self.terms.lengths("body"),
            self.entries.themes,
            self.calibration.themes,
            self.entries.collections,
        )
        self.newer_twins = newer_twins(self.entries)
        self.local_pages = LocalPages(self.entries)
        self.title_terms = lru_cache(maxsize=4096)(self._title_terms)

    @property
    def version(self) -> str:
        return self.manifest.version

    def _title_terms(self, place: int) -> dict[str, float]:
        """Returns the terms of the title of the entry at ``place``, with their rarities.

        They come first in its field, before other wordings. Without the cache they take half of the time of reordering forty
        entries.
        """
        own = self.terms.of_field("title", place)[: term_count(self.entries.titles[place])]
        return {term: self.lexical.rarity(term) for term in own}

    def _allowed(self, collection: str | None, audience: str | None) -> NDArray[np.bool_] | None:
        """Returns which entries a search may find; ``None`` for all. An entry without an audience is for everyone."""
        if collection is None and audience is None:
            return None
        return np.asarray(
            [
                (collection is None or own == collection) and (audience is None or not audiences or audience in audiences)
                for own, audiences in zip(self.entries.collections, self.entries.audiences, strict=True)
            ],
            dtype=np.bool_,
        )


def known_vectors(snapshots: Snapshots, version: str, embedder: Embedder) -> dict[bytes, Vectors]:
    """Returns all vectors of ``version`` by the key of their text, for the next build to take over. They are copies, which may
    outlive the snapshot.

    Needs no other part of the snapshot, so a snapshot whose other parts are out of date still saves the embedding. Raises
    ``SnapshotUnusable`` if the vectors come from another model or cannot be read.
    """
    manifest = snapshots.manifest(version, any_format=True)
    check_model(manifest, embedder)
    kinds = [name for name in _VECTORS if f"{name}.faiss" in manifest.digests]  # an older snapshot has fewer
    if torn := snapshots.torn(manifest, [f"{name}.{kind}" for name in kinds for kind in ("faiss", "npz")]):
        raise SnapshotUnusable(f"Snapshot {version} is damaged ({', '.join(torn)}): run `./guichet index build`.")
    found: dict[bytes, Vectors] = {}
    try:
        for name in kinds:
            index = VectorIndex.load(snapshots.folder / version / name)
            vectors = index.vectors(np.arange(len(index.keys)))
            found.update((key.tobytes(), vector) for key, vector in zip(index.keys, vectors, strict=True))
    except _DAMAGE as error:
        raise SnapshotUnusable(f"Snapshot {version} is damaged ({error}): run `./guichet index build`.") from error
    return found


def check_model(manifest: Manifest, embedder: Embedder) -> None:
    """Raises ``SnapshotUnusable`` if the snapshot was made by another model than ``embedder``."""
    made = (manifest.model, manifest.revision, manifest.dimension)
    asked = (embedder.name, embedder.revision, embedder.dimension)
    if made != asked:
        raise SnapshotUnusable(
            f"Snapshot {manifest.version} was made with {made[0]}@{made[1]} ({made[2]} dimensions), but the service runs "
            f"{asked[0]}@{asked[1]} ({asked[2]}): run `./guichet index build`, or set the model back."
        )


def load_snapshot(snapshots: Snapshots, version: str, embedder: Embedder) -> Snapshot:
    """Loads ``version`` after checking the digest of each file: an overwritten file can be read, but gives wrong answers.

    Raises ``SnapshotUnusable`` if it is damaged, or made by another model than ``embedder``.
    """
    check_model(snapshots.manifest(version), embedder)
    manifest = snapshots.check(version)
    try:
        snapshot = Snapshot(snapshots.folder / version, manifest)
    except _DAMAGE as error:
        raise SnapshotUnusable(f"Snapshot {version} is damaged ({error}): run `./guichet index build`.") from error
    owners = {name: len(getattr(snapshot, name).owners) for name in _VECTORS}
    counts = {"entries": len(snapshot.entries), **owners}
    if counts != manifest.counts:
        raise SnapshotUnusable(f"Snapshot {version} holds {counts}, its manifest says {manifest.counts}: build it again.")
    return snapshot


def load_last_good(snapshots: Snapshots, embedder: Embedder) -> Snapshot | None:
    """Loads the first usable snapshot of ``Snapshots.by_preference``; ``None`` if there is none."""
    for version in snapshots.by_preference():
        with suppress(SnapshotUnusable):
            return load_snapshot(snapshots, version, embedder)
    return None


def load_answering(snapshots: Snapshots, embedder: Embedder) -> Snapshot:
    """Loads the active snapshot, or the last good one if that cannot be used. Raises ``SnapshotUnusable`` without either."""
    found = load_last_good(snapshots, embedder)
    if found is None:
        raise SnapshotUnusable("There is no snapshot that can be used: run `./guichet index build`.")
    return found
