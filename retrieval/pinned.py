"""An engine on one fixed snapshot, active or not. Publications use it to find out what would change."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.contracts import Embedder, RetrievalResult, Vectors
from retrieval.dense.vectors import model_id
from retrieval.engine import Engine
from retrieval.lexical.synonym_lists import SynonymLists
from retrieval.lexical.synonyms import Group, Synonyms
from retrieval.snapshot_content import Snapshot

_REMEMBERED = 8  # cached queries
type Asked = tuple[str, str, str | None, str | None, int]
"""What a search is for: query, locale, collection, audience, limit."""


class PinnedEngine(Engine):
    """Searches ``snapshot`` only, even when another one becomes active."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder, *, synonyms: SynonymLists | None = None) -> None:
        self._pinned = snapshot
        self._embedder = embedder
        self._synonyms = synonyms or SynonymLists()
        self._scope = None  # the scope of a message matters to the dialogue, not to this search
        self._parts = None
        self._analysis = None
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._searching = threading.Lock()
        self._asked = False
        self._begun: tuple[Asked, RetrievalResult] | None = None

    @classmethod
    def of(cls, engine: Engine) -> PinnedEngine | None:
        """Returns an engine pinned to the present snapshot of ``engine``; ``None`` before the first snapshot."""
        snapshot = engine._current()
        if snapshot is None:
            return None
        pinned = cls(snapshot, engine._embedder, synonyms=engine._synonyms)
        pinned._scope = engine._scope
        return pinned

    @property
    def snapshot(self) -> Snapshot:
        return self._pinned

    @property
    def refused(self) -> str:
        """Returns an empty string: the choice of the snapshot does not depend on the active one."""
        return ""

    @property
    def synonyms(self) -> Synonyms:
        """Returns all synonyms in use here."""
        return self._synonyms.current

    @property
    def own_synonyms(self) -> tuple[Group, ...]:
        """Returns the administration's own groups among them."""
        return self._synonyms.own

    def with_synonyms(self, synonyms: SynonymLists) -> PinnedEngine:
        """Returns the same engine with other synonyms. Both share the cache of embedded queries."""
        other = PinnedEngine(self._pinned, self._embedder, synonyms=synonyms)
        other._scope, other._vectors = self._scope, self._vectors
        return other

    def begin(self, query: str, *, locale: str, collection: str | None, limit: int) -> None:
        """Begins a search in advance. The first identical ``search`` gets its result, and waits for it if necessary."""
        with self._searching:
            if not self._asked:
                found = self.search(query, locale=locale, collection=collection, limit=limit)
                self._begun = ((query, locale, collection, None, limit), found)

    def begun(self, asked: Asked) -> RetrievalResult | None:
        """Returns the result of ``begin``, if the first search asks for the same. ``waited`` in its ``timings_ms`` is the time
        spent waiting.
        """
        came = time.perf_counter()
        with self._searching:
            begun, self._begun, self._asked = self._begun, None, True
        if begun is None or begun[0] != asked:
            return None
        waited = round((time.perf_counter() - came) * 1000, 3)
        return begun[1].model_copy(update={"timings_ms": {**begun[1].timings_ms, "waited": waited}})

    def _embed(self, text: str, *, again: bool = False) -> Vectors:
        """Returns the vector of a query. Recent vectors are cached, because one turn may search for the same text in several
        ways.
        """
        vector = self._vectors.get(text)
        if vector is None:
            vector = self._vectors[text] = self._embedder.embed_queries([text])[0]
            if len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vector

    def _current(self) -> Snapshot:
        return self._pinned


class RememberedQueries:
    """An embedder with a persistent cache: every publication asks the same questions.

    Not thread-safe. ``save()`` writes the vectors under ``folder`` (about 1.5 KB each, the newest ``kept``).
    """

    def __init__(self, inner: Embedder, folder: Path, kept: int = 5000) -> None:
        self._inner, self._kept = inner, kept
        self._file = folder / f"{hashlib.sha256(model_id(inner).encode()).hexdigest()[:12]}.npz"
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()
        try:
            with np.load(self._file) as data:
                keys, vectors = data["keys"], data["vectors"]
            if vectors.shape == (len(keys), inner.dimension):
                self._known.update((key.tobytes(), vector) for key, vector in zip(keys, vectors, strict=True))
        except (OSError, ValueError, KeyError):
            pass  # missing or damaged; the queries are embedded again
        self._saved = len(self._known)

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def revision(self) -> str:
        return self._inner.revision

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._inner.embed_passages(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            self._known.update(zip(missing, self._inner.embed_queries(list(missing.values())), strict=True))
        for key in keys:
            self._known.move_to_end(key)
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self.dimension), np.float32)

    def save(self) -> None:
        """Writes new vectors. A half-written file is never read."""
        while len(self._known) > self._kept:
            self._known.popitem(last=False)
        if len(self._known) == self._saved or not self._known:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_name(f".{self._file.stem}.{os.getpid()}")
        with aside.open("wb") as stream:
            keys = np.frombuffer(b"".join(self._known), dtype=np.uint8).reshape(-1, 16)
            np.savez(stream, keys=keys, vectors=np.stack(list(self._known.values())))
        aside.replace(self._file)
        self._saved = len(self._known)
