"""An embedder whose query vectors are cached on disk."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.contracts import Embedder, Vectors, model_id


class CachedQueryEmbedder:
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
