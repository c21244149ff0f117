"""The same layers, matrices in 8 bits: less than half the time where the processor multiplies those itself (ADRs 0042, 0051).

Each column of a matrix has a scale of its own. What it multiplies has one scale for good where its values are about as large
for every token: those that are larger than the others are divided first, and their weights multiplied, so that they leave the
others enough steps. What Gelu gives is not so: a few tokens have values some six times those of all others, so each token has a
scale of its own there. Either way a vector depends on its own text alone, not on those of its batch, as it does where ONNX
Runtime's own quantisation takes one scale for all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from retrieval.embedding.bert_graph import RUNTIME, Graph, Layers, Matrix, Source, Tensors
from retrieval.embedding.peaks import Peaks

_SHIFT = 0.17  # no value of Gelu is below minus this: shifted by it, all 8 bits are for values above 0
_MIDDLE = 128  # the whole number that stands for 0 elsewhere
# How much of what a value is larger by is taken off it; the matrix, whose columns lose steps by it, keeps the rest. Cosine with
# fp32 of 400 messages, mean and least: .6 .9990 .9976, .7 .9991 .9976, .8 .9991 .9967.
_TAKEN = 0.7
_LEAST = 1e-3  # a value that is always 0 is not divided by it


class EightBitGraph(Graph):
    """``peaks`` are those of the same tensors, by the names of ``product``."""

    def __init__(self, tensors: Tensors, shape: Layers, peaks: Peaks) -> None:
        softer, self._peaks = dict(tensors), dict(peaks)
        for number in range(shape.layers):
            # Attention mixes what one matrix made for the next: its columns are divided, which takes no node of the graph.
            prefix = f"encoder.layer.{number}.attention"
            value, output = f"{prefix}.self.value", f"{prefix}.output.dense"
            soft = softening(peaks[output], tensors[f"{output}.weight"].T)
            softer[f"{value}.weight"] = tensors[f"{value}.weight"] / soft[:, None]
            softer[f"{value}.bias"] = tensors[f"{value}.bias"] / soft
            softer[f"{output}.weight"] = tensors[f"{output}.weight"] * soft
            self._peaks[output] = peaks[output] / soft
        super().__init__(softer, shape)
        self._last = self.constant("last axis", np.array([-1], np.int64))

    def product(self, states: str, name: str, weight: Matrix, bias: Matrix, source: Source) -> str:
        if source == "gelu":
            return self._scaled_by_token(states, name, weight, bias)
        peaks = self._peaks[name]
        if source == "norm":
            soft = softening(peaks, weight)
            states = self.add("Mul", states, self.constant(f"{name}.soft", 1 / soft))
            weight, peaks = weight * soft[:, None], peaks / soft
        step = self._number(f"{name}.step", max(float(peaks.max()), _LEAST) / (255 - _MIDDLE))
        bytes_ = self.add("QuantizeLinear", states, step, self._zero(_MIDDLE))
        return self._whole_product(bytes_, name, *in_eight_bits(weight), step, _MIDDLE, bias)

    def _scaled_by_token(self, states: str, name: str, weight: Matrix, bias: Matrix) -> str:
        """``states`` after Gelu times the matrix, by whole numbers from 0, which stands for minus ``_SHIFT``, to 255."""
        whole, scale = in_eight_bits(weight)
        shift = self._number("shift", _SHIFT)
        peak = self.add("Add", self.add("ReduceMax", states, self._last, keepdims=1), shift)
        steps = self.add("Div", self._number("255", 255), peak)
        # Casting cuts off what is behind the point: with a half more it rounds.
        start = self.add("Add", self.add("Mul", steps, shift), self._number("half", 0.5))
        bytes_ = self.add("Cast", self.add("Add", self.add("Mul", states, steps), start), to=TensorProto.UINT8)
        product = self._whole_product(bytes_, name, whole, scale / np.float32(255), self._number("one", 1), 0, None)
        shifted = bias - np.float32(_SHIFT) * (whole.astype(np.float32).sum(axis=0) * scale)  # what the shift added
        return self.add("Add", self.add("Mul", product, peak), self.constant(f"{name}.bias", shifted))

    def _whole_product(
        self, bytes_: str, name: str, whole: NDArray[np.int8], scale: Matrix, step: str, zero: int, bias: Matrix | None
    ) -> str:
        """``bytes_``, of which ``zero`` stands for 0 and one more for ``step``, times the matrix, plus ``bias``."""
        inputs = [
            bytes_,
            self.constant(f"{name}.whole", whole),
            step,
            self.constant(f"{name}.scale", scale),
            self._zero(zero),
            self.constant(f"zeros {len(scale)}", np.zeros(len(scale), np.int8)),
        ]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        return self.add("MatMulIntegerToFloat", *inputs, domain=RUNTIME)

    def _number(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, np.float32))

    def _zero(self, value: int) -> str:
        return self.constant(f"zero {value}", np.array(value, np.uint8))


def softening(peaks: Matrix, weight: Matrix) -> Matrix:
    """(in,) what each value is divided by, and its row of ``weight`` (in, out) multiplied by."""
    rows = np.maximum(np.abs(weight).max(axis=1), _LEAST)
    soft = np.maximum(peaks, _LEAST) ** _TAKEN / rows ** (1 - _TAKEN)
    return np.asarray(soft / np.exp(np.log(soft).mean()), np.float32)


def in_eight_bits(weight: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Whole numbers (in, out) from -127 to 127, and the scale of each column (out,) by which they stand for ``weight``."""
    scale = np.maximum(np.abs(weight).max(axis=0), np.float32(1e-9)) / np.float32(127)
    return np.rint(weight / scale).astype(np.int8), scale
