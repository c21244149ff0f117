"""The layers with matrices in 8 bits, on a model of two layers with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import processor
from retrieval.embedding.bert_graph import MASK, STATES, WORDS, Graph, Layers
from retrieval.embedding.eight_bits import EightBitGraph, in_eight_bits
from retrieval.embedding.onnx_session import session
from retrieval.embedding.peaks import MeasuringGraph, Peaks

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
    mask = np.zeros((len(words), 1, 1, words.shape[1]), np.float32)
    (found,) = session(graph.model()).run([STATES], {WORDS: words, MASK: mask})
    return np.asarray(found)


def error(graph: Graph, words: np.ndarray) -> float:
    expected = states(Graph(tensors(), SHAPE), words)
    return float(np.linalg.norm(states(graph, words) - expected) / np.linalg.norm(expected))


WORDS_IN = np.random.default_rng(4).normal(0, 1, (3, 7, 32)).astype(np.float32)


@pytest.fixture(scope="module")
def peaks() -> Peaks:
    graph = MeasuringGraph(tensors(), SHAPE)
    running = session(graph.model())
    mask = np.zeros((len(WORDS_IN), 1, 1, WORDS_IN.shape[1]), np.float32)
    return dict(zip(graph.names, running.run(graph.names, {WORDS: WORDS_IN, MASK: mask}), strict=True))


def test_a_peak_is_the_largest_size_of_a_value_among_all_tokens(peaks: Peaks) -> None:
    assert len(peaks) == 4 * SHAPE.layers
    centred = WORDS_IN - WORDS_IN.mean(axis=-1, keepdims=True)
    known, name = tensors(), "embeddings.LayerNorm"
    normed = centred / WORDS_IN.std(axis=-1, keepdims=True) * known[f"{name}.weight"] + known[f"{name}.bias"]
    np.testing.assert_allclose(peaks["encoder.layer.0.attention"], np.abs(normed).max(axis=(0, 1)), rtol=1e-5)


@exact
def test_states_are_near_those_of_fp32_and_nearer_where_what_is_loud_is_told(peaks: Peaks) -> None:
    nothing_told = {name: np.full_like(sizes, sizes.max()) for name, sizes in peaks.items()}
    plain, told = (error(EightBitGraph(tensors(), SHAPE, known), WORDS_IN) for known in (nothing_told, peaks))
    assert told < 0.015
    assert told < 0.7 * plain


@exact
def test_a_token_does_not_change_with_its_batch(peaks: Peaks) -> None:
    graph = EightBitGraph(tensors(), SHAPE, peaks)
    together = states(graph, np.concatenate([WORDS_IN, 30 * WORDS_IN[:1]]))
    np.testing.assert_allclose(together[:3], states(EightBitGraph(tensors(), SHAPE, peaks), WORDS_IN), atol=1e-4)


@exact
def test_what_is_larger_than_any_peak_is_cut_and_does_not_turn_its_sign(peaks: Peaks) -> None:
    halved = {name: sizes / np.float32(2) for name, sizes in peaks.items()}
    assert error(EightBitGraph(tensors(), SHAPE, halved), WORDS_IN) < 0.3


def test_the_same_weights_give_the_same_graph(peaks: Peaks) -> None:
    assert EightBitGraph(tensors(), SHAPE, peaks).model() == EightBitGraph(tensors(), SHAPE, peaks).model()


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
    monkeypatch.setattr(processor, "CPU_INFO", told)
    processor.flags.cache_clear()
    try:
        assert (processor.multiplies_eight_bits(), processor.multiplies_bf16()) == (eight_bits, bf16)
    finally:
        processor.flags.cache_clear()
