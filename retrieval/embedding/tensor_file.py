"""Reads a safetensors file of bf16 tensors without torch, and makes bf16. The reader for numpy cannot: numpy has no bf16.

Layout: the header's length (8 bytes, little-endian), the header in JSON (name → dtype, shape, offsets), the tensors.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class TensorFile:
    """The tensors of one file, mapped into memory."""

    def __init__(self, path: Path) -> None:
        self._data = np.memmap(path, np.uint8, "r")
        self._start = 8 + int(self._data[:8].view("<u8")[0])
        header = json.loads(self._data[8 : self._start].tobytes())
        self._header = {name: tensor for name, tensor in header.items() if name != "__metadata__"}

    @property
    def names(self) -> list[str]:
        return list(self._header)

    def bits(self, name: str) -> NDArray[np.uint16]:
        """Returns the tensor as bf16 bit patterns, mapped from the file. Raises ``ValueError`` if its type is another."""
        tensor = self._header[name]
        if tensor["dtype"] != "BF16":
            raise ValueError(f"{name} is {tensor['dtype']}, not BF16")
        first, last = tensor["data_offsets"]
        held = self._data[self._start + first : self._start + last]
        return np.asarray(held.view("<u2").reshape(tensor["shape"]))

    def floats(self, name: str) -> NDArray[np.float32]:
        """Returns a copy of the tensor in fp32."""
        return floats(self.bits(name))


def floats(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Returns bf16 bit patterns as fp32; bf16 is the upper half of fp32."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def bits(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Returns finite fp32 values as bf16 bit patterns, rounded to the nearest, ties to even, as torch does."""
    whole = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((whole + 0x7FFF + ((whole >> 16) & 1)) >> 16).astype("<u2")
