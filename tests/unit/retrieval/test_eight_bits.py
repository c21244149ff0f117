"""The layers with matrices in 8 bits, on a model of two layers with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from retrieval.embedding import processor
from retrieval.embedding.bert_graph import MASK, STATES, WORDS, Graph, Layers
from retrieval.embedding.eight_bits import EightBitGraph, in_eight_bits

SHAPE = Layers(hidden=32, layers=2, heads=2, epsilon=1e-12)
LOUD = 5
exact = pytest.mark.skipif(not processor.multiplies_eight_bits(), reason="without VNNI 8-bit sums overflow, and are not used")


def tensors() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(3)
    found: dict[str, np.ndarray] = {}

    def matrix(name: str, inner: int, outer: int) -> None:
        size = 0.3 if ".self." in name else 1  # attention that is not all on one token
        found[f"{name}.weight"] = chance.normal(0, size * inner**-0.5, (outer, inner)).astype(np.float32)
        found[f"{name}.bias"] = chance.normal(0, 0.1, outer).astype(np.float32)

    def norm(name: str) -> None:
        found[f"{name}.weight"] = np.where(np.arange(32) == LOUD, 4, 1).astype(np.float32)
        found[f"{name}.bias"] = chance.normal(0, 0.1, 32).astype(np.float32)

    norm("embeddings.LayerNorm")
    for number in range(SHAPE.layers):
        prefix = f"encoder.layer.{number}."
        for one in ("self.query", "self.key", "self.value", "output.dense"):
            matrix(f"{prefix}attention.{one}", 32, 32)
        norm(f"{prefix}attention.output.LayerNorm")
        matrix(f"{prefix}intermediate.dense", 32, 64)
        matrix(f"{prefix}output.dense", 64, 32)
        norm(f"{prefix}output.LayerNorm")
    return found


def states(graph: Graph, words: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph.model(), options, providers=["CPUExecutionProvider"])
    mask = np.zeros((len(words), 1, 1, words.shape[1]), np.float32)
    (found,) = session.run([STATES], {WORDS: words, MASK: mask})
    return np.asarray(found)


def error(graph: Graph, words: np.ndarray) -> float:
    expected = states(Graph(tensors(), SHAPE), words)
    return float(np.linalg.norm(states(graph, words) - expected) / np.linalg.norm(expected))


WORDS_IN = np.random.default_rng(4).normal(0, 1, (3, 7, 32)).astype(np.float32)


@exact
def test_states_are_near_those_of_fp32_and_nearer_where_what_is_loud_is_told() -> None:
    plain, told = (error(EightBitGraph(tensors(), SHAPE, loud), WORDS_IN) for loud in ((), (LOUD,)))
    assert told < 0.01
    assert told < plain / 2


@exact
def test_a_token_does_not_change_with_its_batch() -> None:
    graph = EightBitGraph(tensors(), SHAPE)
    together = states(graph, np.concatenate([WORDS_IN, 30 * WORDS_IN[:1]]))
    np.testing.assert_allclose(together[:3], states(EightBitGraph(tensors(), SHAPE), WORDS_IN), atol=1e-4)


def test_the_same_weights_give_the_same_graph() -> None:
    assert EightBitGraph(tensors(), SHAPE, (LOUD,)).model() == EightBitGraph(tensors(), SHAPE, (LOUD,)).model()


def test_a_column_keeps_its_own_scale() -> None:
    weight = np.array([[0.001, 100.0, 0.0], [-0.002, 50.0, 0.0]], np.float32)
    whole, scale = in_eight_bits(weight)
    np.testing.assert_allclose(whole * scale, weight, atol=0.5)
    np.testing.assert_allclose((whole * scale)[:, 0], weight[:, 0], atol=1e-5)
    assert (np.abs(whole).max(axis=0) == [127, 127, 0]).all()


@pytest.mark.parametrize(
    ("flags", "eight_bits", "bf16"),
    [
        ("fpu sse avx2 fma", False, False),
        ("avx2 avx512f avx512_vnni", True, False),
        ("avx2 avx_vnni", True, False),
        ("avx512_vnni avx512_bf16", True, True),
    ],
)
def test_the_processor_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, eight_bits: bool, bf16: bool
) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text(f"model name : a processor\nflags : {flags}\n", encoding="ascii")
    monkeypatch.setattr(processor, "TOLD", told)
    processor.flags.cache_clear()
    try:
        assert (processor.multiplies_eight_bits(), processor.multiplies_bf16()) == (eight_bits, bf16)
    finally:
        processor.flags.cache_clear()
