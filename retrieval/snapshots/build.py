"""Builds a new snapshot in a folder of its own, from the catalogue and the previous snapshot. Only what changed is read,
analysed and embedded.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.digests import sha256_of
from core.entry import Entry
from retrieval.contracts import Embedder, Stage, Vectors, model_id
from retrieval.decision.confidence import COMMITTED, Calibration
from retrieval.index.catalogue import Catalogue, Listed, ListedEntries, listed
from retrieval.index.embedded_texts import TEXTS, EmbeddedText, KeyedText, head, questions, sections, wordings
from retrieval.index.entry_file import EntryFile, EntryLine
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.terms_file import Terms
from retrieval.index.vector_index import VectorIndex
from retrieval.index.vectors import Progress, embed_texts, forget
from retrieval.query.spelling import Vocabulary
from retrieval.snapshots.folder import FORMAT, Manifest, Snapshots, SnapshotUnusable
from retrieval.snapshots.snapshot import Snapshot, known_vectors, load_last_good, load_snapshot
from retrieval.terms.analysis import ANALYSIS
from retrieval.terms.fields import field_texts

MADE_BY = f"{ANALYSIS}/{TEXTS}"  # the versions of the code that takes terms and texts from an entry
FEW = 400  # section texts; so few are embedded at once, within seconds, and not left for a later stage


type _Texts = list[list[KeyedText]]
"""The texts of each entry."""


@dataclass(frozen=True)
class _Contents:
    """All entries of the new snapshot, in order. ``places`` are their places in the old snapshot; -1 for ``new`` entries."""

    lines: list[EntryLine]
    places: list[int]
    new: list[Entry]
    old: Snapshot | None

    def entry(self, number: int) -> Entry:
        return Entry.model_validate_json(self.lines[number].content)


def build_snapshot(
    entries: Iterable[Entry] | Catalogue,
    folder: Path,
    embedder: Embedder,
    stage: Stage = "full",
    *,
    previous: str = "",
    cache: Path | None = None,
    progress: Progress | None = None,
    calibration: Path = COMMITTED,
    into: Path | None = None,
    version: str = "",
) -> Snapshot:
    """Builds a snapshot of ``entries`` under ``folder`` (the snapshots folder) and loads it. It is not yet active.

    ``into`` is another folder for the new snapshot (``previous`` is looked for in ``folder``). ``version`` is another name for
    it.

    ``previous`` is the version to start from: unchanged content is taken over. The result is the same as without it. If
    ``previous`` already holds the same entries, by the same model, in this stage or a later one, it is returned.

    With ``cache``, an interrupted build continues where it stopped. ``progress(done, total)`` counts texts. With the stage
    ``titles``, the snapshot is full all the same if few sections are missing. Raises ``ValueError`` if there is no entry.
    """
    started = time.monotonic()
    catalogue = entries if isinstance(entries, Catalogue) else ListedEntries(entries)
    ordered = sorted(catalogue.listed())
    snapshots = Snapshots(folder)
    old = _old(snapshots, previous, embedder)
    content = content_of(ordered, embedder, calibration)
    if old is not None and old.manifest.content == content and stage in ("titles", old.manifest.stage):
        return old
    contents = _contents(catalogue, ordered, old)
    if not contents.lines:
        raise ValueError("There is no published entry to index: import a knowledge base first (`./guichet kb import`).")
    model = model_id(embedder)
    known = _known(snapshots, old.version if old else previous, embedder)
    heads = _texts(contents, old.heads if old else None, lambda entry: [head(entry)], model)
    stage, parts, asked = _later_texts(contents, stage, known, model)
    kinds = {"heads": heads, "sections": parts, "questions": asked}
    flat = [text for groups in kinds.values() for texts in groups for text in texts]
    chunks = cache / hashlib.sha256(model.encode()).hexdigest()[:12] if cache else None
    vectors = embed_texts(flat, embedder, known=known, cache=chunks, progress=progress)
    now = datetime.now(UTC)
    content = content_of([line.listed for line in contents.lines], embedder, calibration)
    version = version or f"{now:%Y%m%dT%H%M%S%f}-{content[:8]}-{stage}"
    target = Snapshots(into) if into else snapshots
    with target.building(version) as aside:
        _write_words(contents, aside)
        for name, groups in kinds.items():
            count = sum(map(len, groups))
            _vector_index(vectors[:count], groups).save(aside / name)
            vectors = vectors[count:]
        shutil.copyfile(calibration, aside / "calibration.json")
        manifest = Manifest(
            version=version,
            stage=stage,
            model=embedder.name,
            revision=embedder.revision,
            dimension=embedder.dimension,
            made_by=MADE_BY,
            content=content,
            counts={"entries": len(heads), **{name: sum(map(len, groups)) for name, groups in kinds.items()}},
            digests={str(path.relative_to(aside)): sha256_of(path) for path in sorted(aside.rglob("*")) if path.is_file()},
            thresholds=Calibration.read(calibration).stages[stage].thresholds,
            created=now.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - started, 1),
        )
        (aside / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    if chunks and stage == "full":
        forget(chunks)
    return load_snapshot(target, version, embedder)


def _later_texts(contents: _Contents, stage: Stage, known: Mapping[bytes, Vectors], model: str) -> tuple[Stage, _Texts, _Texts]:
    """Returns the stage of the new snapshot, the section texts of each entry, and its questions (no texts in the stage
    ``titles``).

    If ``titles`` is requested, but the vectors of few texts are not ``known``, the stage is ``full``.
    """
    old = contents.old if contents.old and contents.old.manifest.stage == "full" else None
    parts = _texts(contents, old.sections if old else None, lambda entry: [*wordings(entry), *sections(entry)], model)
    asked = _texts(contents, old.questions if old else None, questions, model)
    if stage == "full" or sum(text.key not in known for texts in (*parts, *asked) for text in texts) <= FEW:
        return "full", parts, asked
    return "titles", [[] for _ in parts], [[] for _ in asked]


def _write_words(contents: _Contents, folder: Path) -> None:
    """Writes the entries, and the indexes of their words."""
    terms = _terms(contents)
    EntryFile.write(contents.lines, folder)
    terms.save(folder)
    LexicalIndex.build(terms).save(folder / "lexical")
    _vocabulary(contents).save(folder / "words.json")


def _old(snapshots: Snapshots, version: str, embedder: Embedder) -> Snapshot | None:
    """Returns the snapshot ``version``, if it is complete and of this model; else the last good one, which differs little."""
    try:
        return load_snapshot(snapshots, version, embedder) if version else None
    except SnapshotUnusable:
        return load_last_good(snapshots, embedder)


def _known(snapshots: Snapshots, version: str, embedder: Embedder) -> dict[bytes, Vectors]:
    """Returns the vectors to take over, also from a snapshot whose other parts are out of date. Those of another model do not
    count.
    """
    try:
        return known_vectors(snapshots, version, embedder) if version else {}
    except SnapshotUnusable:
        return {}


def _contents(catalogue: Catalogue, ordered: Sequence[Listed], old: Snapshot | None) -> _Contents:
    places = {one: place for place, one in enumerate(old.entries.listed())} if old else {}
    fetched = sorted(catalogue.fetch([one for one in ordered if one not in places]), key=listed)
    found = [(EntryLine.of(entry), -1) for entry in fetched]
    if old:
        found += [(old.entries.line(places[one]), places[one]) for one in ordered if one in places]
    found.sort()
    return _Contents([line for line, _ in found], [place for _, place in found], fetched, old)


def _texts(
    contents: _Contents, index: VectorIndex | None, texts: Callable[[Entry], list[EmbeddedText]], model: str
) -> list[list[KeyedText]]:
    """Returns the texts of each entry to embed; only their keys for an entry that ``index`` already holds."""
    old = contents.old
    rows = index.rows_by_owner(len(old.entries)) if index and old and old.manifest.made_by == MADE_BY else []
    return [
        rows[place] if rows and place >= 0 else [KeyedText.of(text, model) for text in texts(contents.entry(number))]
        for number, place in enumerate(contents.places)
    ]


def _terms(contents: _Contents) -> Terms:
    if contents.old is None or contents.old.manifest.made_by != MADE_BY:
        return Terms.of([contents.entry(number) for number in range(len(contents.lines))])
    fresh = iter(range(len(contents.old.entries), len(contents.old.entries) + len(contents.new)))
    order = [place if place >= 0 else next(fresh) for place in contents.places]
    return contents.old.terms.merged(Terms.of(contents.new), np.asarray(order, np.int64))


def _vocabulary(contents: _Contents) -> Vocabulary:
    old = contents.old
    if old is None or old.manifest.made_by != MADE_BY:
        return Vocabulary.of(_words(contents.entry(number) for number in range(len(contents.lines))))
    kept = {place for place in contents.places if place >= 0}
    gone = (old.entries.at(place) for place in range(len(old.entries)) if place not in kept)
    return old.vocabulary.changed(_words(gone), _words(contents.new))


def _words(entries: Iterable[Entry]) -> Iterator[str]:
    return (text for entry in entries for text in field_texts(entry).values())


def content_of(entries: Sequence[Listed], embedder: Embedder, calibration: Path = COMMITTED) -> str:
    """Returns the digest (hex) that identifies a snapshot of ``entries``, in order. It does not depend on who builds it, or
    from what.
    """
    digest = hashlib.sha256(f"{FORMAT} {MADE_BY} {model_id(embedder)} {embedder.dimension}\n".encode())
    digest.update(calibration.read_bytes())
    for one in entries:
        digest.update(f"{one.collection}/{one.id} {one.version} {one.digest}\n".encode())
    return digest.hexdigest()


def _vector_index(vectors: Vectors, texts: Sequence[Sequence[KeyedText]]) -> VectorIndex:
    flat = [text for group in texts for text in group]
    owners = np.repeat(np.arange(len(texts), dtype=np.int64), [len(group) for group in texts])
    passages = np.asarray([text.passage for text in flat], np.int64)
    keys = np.frombuffer(b"".join(text.key for text in flat), dtype=np.uint8).reshape(-1, 16)
    return VectorIndex.build(vectors, owners, passages, keys)
