"""Builds a snapshot aside: entries, lexical index, vectors; only what changed is embedded."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.entry import Entry
from retrieval.confidence import COMMITTED, Calibration
from retrieval.contracts import Embedder, Stage, Vectors
from retrieval.dense.index import VectorIndex
from retrieval.dense.texts import EmbeddedText, head, sections
from retrieval.dense.vectors import Progress, embed_texts, forget, model_id
from retrieval.entry_file import EntryFile
from retrieval.lexical.analysis import ANALYSIS
from retrieval.lexical.index import LexicalIndex, field_texts
from retrieval.lexical.spelling import Vocabulary
from retrieval.passage_file import PassageFile
from retrieval.snapshot_content import Snapshot, known_vectors, load_snapshot
from retrieval.snapshots import FORMAT, Manifest, Snapshots, SnapshotUnusable

FEW = 400  # section texts that are embedded at once, in seconds, rather than left for a later stage


def build_snapshot(
    entries: Iterable[Entry],
    folder: Path,
    embedder: Embedder,
    stage: Stage = "full",
    *,
    previous: str = "",
    cache: Path | None = None,
    progress: Progress | None = None,
    calibration: Path = COMMITTED,
) -> Snapshot:
    """Builds a snapshot of ``entries`` under ``folder`` (the snapshots folder) and loads it; it is not yet active.

    ``previous`` is the version to start from: vectors whose texts did not change are taken over. With ``cache``, a build
    that was interrupted goes on where it stopped. ``progress(done, total)`` counts texts. Where ``previous`` already holds
    the same entries, by the same model, in this stage or a later one, it is given back. Where only ``titles`` is asked
    for, but few sections are missing, the snapshot is full all the same. Raises ``ValueError`` where there is no entry.
    """
    started = time.monotonic()
    ordered = sorted(entries, key=lambda entry: (entry.collection, entry.id))
    if not ordered:
        raise ValueError("There is no published entry to index: import a knowledge base first (`./guichet kb import`).")
    content = _content(ordered, embedder, calibration)
    snapshots = Snapshots(folder)
    current = _current(snapshots, previous, content, stage, embedder)
    if current is not None:
        return current
    known = _known(snapshots, previous, embedder)
    heads = [head(entry) for entry in ordered]
    parts = [(place, part) for place, entry in enumerate(ordered) for part in sections(entry)]
    model = model_id(embedder)
    if stage == "titles" and sum(part.key(model) not in known for _, part in parts) <= FEW:
        stage = "full"
    if stage == "titles":
        parts = []
    texts = [*heads, *(part for _, part in parts)]
    chunks = cache / hashlib.sha256(model.encode()).hexdigest()[:12] if cache else None
    vectors = embed_texts(texts, embedder, known=known, cache=chunks, progress=progress)
    keys = np.frombuffer(b"".join(text.key(model) for text in texts), dtype=np.uint8).reshape(-1, 16)
    now = datetime.now(UTC)
    version = f"{now:%Y%m%dT%H%M%S%f}-{content[:8]}-{stage}"
    with snapshots.building(version) as aside:
        EntryFile.write(ordered, aside)
        PassageFile.write(ordered, aside)
        LexicalIndex.build(ordered).save(aside / "lexical")
        Vocabulary.of(text for entry in ordered for text in field_texts(entry).values()).save(aside / "words.json")
        count = len(heads)
        _vector_index(vectors[:count], range(count), heads, keys[:count]).save(aside / "heads")
        _vector_index(vectors[count:], [place for place, _ in parts], [part for _, part in parts], keys[count:]).save(
            aside / "sections"
        )
        shutil.copyfile(calibration, aside / "calibration.json")
        manifest = Manifest(
            version=version,
            stage=stage,
            model=embedder.name,
            revision=embedder.revision,
            dimension=embedder.dimension,
            content=content,
            counts={"entries": len(ordered), "heads": count, "sections": len(parts)},
            digests={str(path.relative_to(aside)): _digest(path) for path in sorted(aside.rglob("*")) if path.is_file()},
            thresholds=Calibration.read(calibration).stages[stage].thresholds,
            created=now.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - started, 1),
        )
        (aside / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    if chunks and stage == "full":
        forget(chunks)
    return load_snapshot(snapshots, version, embedder)


def _current(snapshots: Snapshots, version: str, content: str, stage: Stage, embedder: Embedder) -> Snapshot | None:
    """The snapshot ``version`` if it is whole and already what is asked for."""
    try:
        manifest = snapshots.manifest(version) if version else None
        if manifest is None or manifest.content != content or stage not in ("titles", manifest.stage):
            return None
        return load_snapshot(snapshots, version, embedder)
    except SnapshotUnusable:
        return None


def _known(snapshots: Snapshots, version: str, embedder: Embedder) -> dict[bytes, Vectors]:
    """Vectors to take over; a snapshot of another model or format has none."""
    try:
        return known_vectors(snapshots, version, embedder) if version else {}
    except SnapshotUnusable:
        return {}


def _content(entries: list[Entry], embedder: Embedder, calibration: Path) -> str:
    digest = hashlib.sha256(f"{FORMAT} {ANALYSIS} {model_id(embedder)} {embedder.dimension}\n".encode())
    digest.update(calibration.read_bytes())
    for entry in entries:
        digest.update(f"{entry.collection}/{entry.id} {entry.version} {entry.digest()}\n".encode())
    return digest.hexdigest()


def _vector_index(
    vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    owners: Iterable[int],
    texts: list[EmbeddedText],
    keys: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> VectorIndex:
    passages = np.asarray([text.passage for text in texts], np.int64)
    return VectorIndex.build(vectors, np.asarray(list(owners), np.int64), passages, keys)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
