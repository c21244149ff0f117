"""The same layers, whose matrices are multiplied in 8 bits: half the time where the processor does that itself (ADR 0042).

Each column of a matrix has a scale of its own, and so has each token. A vector therefore depends on its own text alone, not on
those of its batch, as it does where ONNX Runtime's own quantisation takes one scale for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from retrieval.embedding.bert_graph import RUNTIME, Graph, Layers, Matrix, Source, Tensors

_SHIFT = 0.17  # no value of Gelu is below minus this: shifted by it, all 8 bits are for values above 0
_SOFTER = 4.0  # a power of two: what it divides and multiplies stays exact


class EightBitGraph(Graph):
    """``loud`` are the places, among the ``hidden`` values of a token, of those that are many times larger than the others in
    most layers. They would leave the others few steps: they are divided before the scale is taken, their weights multiplied.
    """

    def __init__(self, tensors: Tensors, shape: Layers, loud: Sequence[int] = ()) -> None:
        super().__init__(tensors, shape)
        self._softened = np.ones(shape.hidden, np.float32)
        self._softened[list(loud)] = 1 / _SOFTER
        self._soft = self.constant("soft", self._softened)
        self._last = self.constant("last axis", np.array([-1], np.int64))

    def product(self, states: str, name: str, weight: Matrix, bias: Matrix, source: Source) -> str:
        if source == "norm":
            states, weight = self.add("Mul", states, self._soft), weight / self._softened[:, None]
        whole, scale = in_eight_bits(weight)
        if source == "gelu":
            states = self.add("Add", states, self._number("shift", _SHIFT))
            bias = bias - np.float32(_SHIFT) * (whole.astype(np.float32).sum(axis=0) * scale)
            product = self._whole_product(states, states, name, whole, scale, zero=0)
        else:
            product = self._whole_product(states, self.add("Abs", states), name, whole, scale, zero=128)
        return self.add("Add", product, self.constant(f"{name}.bias", bias))

    def _whole_product(self, states: str, sizes: str, name: str, whole: NDArray[np.int8], scale: Matrix, *, zero: int) -> str:
        """``states`` (their sizes ``sizes``) times the matrix, by whole numbers up to 255, of which ``zero`` stands for 0."""
        steps = 255 - zero
        peak = self.add("ReduceMax", sizes, self._last, keepdims=1)  # of each token; the weights leave no token without any
        scaled = self.add("Mul", states, self.add("Div", self._number(f"{steps} steps", steps), peak))
        # Casting cuts off what is behind the point: with a half more it rounds.
        bytes_ = self.add("Cast", self.add("Add", scaled, self._number(f"{zero} and a half", zero + 0.5)), to=TensorProto.UINT8)
        sums = self.add(
            "MatMulIntegerToFloat",
            bytes_,
            self.constant(f"{name}.whole", whole),
            self._number("one", 1),
            self.constant(f"{name}.scale", scale / np.float32(steps)),
            self.constant(f"zero {zero}", np.array(zero, np.uint8)),
            self.constant(f"zeros {len(scale)}", np.zeros(len(scale), np.int8)),
            domain=RUNTIME,
        )
        return self.add("Mul", sums, peak)

    def _number(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, np.float32))


def in_eight_bits(weight: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Whole numbers (in, out) from -127 to 127, and the scale of each column (out,) by which they stand for ``weight``."""
    scale = np.maximum(np.abs(weight).max(axis=0), np.float32(1e-9)) / np.float32(127)
    return np.rint(weight / scale).astype(np.int8), scale
