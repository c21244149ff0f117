"""Vectors of texts, embedded once. Known vectors are taken over; new ones are written to disk in chunks."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from retrieval.contracts import Embedder, Vectors
from retrieval.index.embedded_texts import KeyedText

CHUNK = 512
Progress = Callable[[int, int], None]  # done, total


def embed_texts(
    texts: Sequence[KeyedText],
    embedder: Embedder,
    *,
    known: Mapping[bytes, Vectors],
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Vectors:
    """Returns the vectors of ``texts``, (n, dimension), in order.

    Texts in ``known`` or in the files under ``cache`` are not embedded again. New vectors are written to ``cache`` every
    ``CHUNK`` texts, so that an interrupted build continues where it stopped.
    """
    keys = [text.key for text in texts]
    vectors: dict[bytes, Vectors] = {}
    stored = _read(cache, embedder.dimension) if cache else {}
    for key in keys:
        found = known.get(key)
        found = found if found is not None else stored.get(key)
        if found is not None:
            vectors[key] = found
    missing = {key: text.text for key, text in zip(keys, texts, strict=True) if key not in vectors}
    # Texts of similar length go together: a batch is padded to its longest.
    order = sorted(missing, key=lambda key: len(missing[key]))
    done = len(keys) - len(order)
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        embedded = embedder.embed_passages([missing[key] for key in chunk])
        vectors.update(zip(chunk, embedded, strict=True))
        if cache:
            _write(cache, chunk, embedded)
        if progress:
            progress(done + start + len(chunk), len(keys))
    if not keys:
        return np.zeros((0, embedder.dimension), np.float32)
    return np.ascontiguousarray(np.stack([vectors[key] for key in keys]), dtype=np.float32)


def forget(cache: Path) -> None:
    """Removes the chunks after their vectors were written to a snapshot."""
    for path in cache.glob("*.npz"):
        path.unlink(missing_ok=True)


def _write(cache: Path, keys: Sequence[bytes], vectors: Vectors) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    aside = cache / f".{os.getpid()}.part"
    try:
        with aside.open("wb") as stream:
            np.savez(stream, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16), vectors=vectors)
        aside.rename(cache / f"{keys[0].hex()}.npz")
    except OSError:
        aside.unlink(missing_ok=True)  # on a full disk, each new attempt would leave another file
        raise


def _read(cache: Path, dimension: int) -> dict[bytes, Vectors]:
    found: dict[bytes, Vectors] = {}
    for path in sorted(cache.glob("*.npz")):
        try:
            with np.load(path) as data:
                keys, vectors = data["keys"], data["vectors"]
        except (OSError, ValueError, KeyError, BadZipFile):  # a damaged chunk is embedded again
            continue
        if vectors.shape == (len(keys), dimension):
            found.update((key.tobytes(), vector) for key, vector in zip(keys, vectors, strict=True))
    return found
