"""The same layers with matrices in 8 bits. They take less than half the time if the processor multiplies such numbers itself
(ADRs 0042, 0051).

Each column of a matrix has its own scale. The input of a matrix has one fixed scale if its values are about as large for every
token. Larger values are divided first, and their weights multiplied, so that enough steps remain for the others. The output of
Gelu is different: a few tokens have values about six times those of all others, so each token has its own scale. In both cases
a vector depends on its own text only, not on its batch. With ONNX Runtime's own quantisation it does depend on the batch,
because all texts share one scale.
"""

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from retrieval.embedding.bert_graph import RUNTIME, Graph, Layers, Matrix, Source, Tensors
from retrieval.embedding.peaks import Peaks

_SHIFT = 0.17  # no value of Gelu is below -0.17; with this shift all 8 bits are for positive values
_MIDDLE = 128  # stands for 0 in all other inputs
# The share of a large value's excess that is divided out; the matrix keeps the rest, which costs its columns steps. Cosine with
# fp32 of 400 messages, mean and least: .6 .9990 .9976, .7 .9991 .9976, .8 .9991 .9967.
_TAKEN = 0.7
_LEAST = 1e-3  # avoids a division by 0 for a value that is always 0


class EightBitGraph(Graph):
    """The graph with 8-bit matrices. ``peaks`` belong to the same tensors; their keys are the names given to ``product``."""

    def __init__(self, tensors: Tensors, shape: Layers, peaks: Peaks) -> None:
        softer, self._peaks = dict(tensors), dict(peaks)
        for number in range(shape.layers):
            # Attention mixes the output of one matrix as input of the next. Dividing the columns of the first adds no node to
            # the graph.
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
        """Multiplies ``states``, after Gelu, with the matrix. The states become whole numbers from 0, which stands for
        ``-_SHIFT``, to 255.
        """
        whole, scale = in_eight_bits(weight)
        shift = self._number("shift", _SHIFT)
        peak = self.add("Add", self.add("ReduceMax", states, self._last, keepdims=1), shift)
        steps = self.add("Div", self._number("255", 255), peak)
        # A cast truncates; adding a half makes it round.
        start = self.add("Add", self.add("Mul", steps, shift), self._number("half", 0.5))
        bytes_ = self.add("Cast", self.add("Add", self.add("Mul", states, steps), start), to=TensorProto.UINT8)
        product = self._whole_product(bytes_, name, whole, scale / np.float32(255), self._number("one", 1), 0, None)
        shifted = bias - np.float32(_SHIFT) * (whole.astype(np.float32).sum(axis=0) * scale)  # the contribution of the shift
        return self.add("Add", self.add("Mul", product, peak), self.constant(f"{name}.bias", shifted))

    def _whole_product(
        self, bytes_: str, name: str, whole: NDArray[np.int8], scale: Matrix, step: str, zero: int, bias: Matrix | None
    ) -> str:
        """Multiplies ``bytes_`` with the matrix and adds ``bias``. In ``bytes_``, ``zero`` stands for 0 and each unit for
        ``step``.
        """
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
    """Returns the divisor of each value, (in,). The row of ``weight`` (in, out) is multiplied by it."""
    rows = np.maximum(np.abs(weight).max(axis=1), _LEAST)
    soft = np.maximum(peaks, _LEAST) ** _TAKEN / rows ** (1 - _TAKEN)
    return np.asarray(soft / np.exp(np.log(soft).mean()), np.float32)


def in_eight_bits(weight: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Returns ``weight`` as whole numbers (in, out) from -127 to 127, and the scale of each column (out,)."""
    scale = np.maximum(np.abs(weight).max(axis=0), np.float32(1e-9)) / np.float32(127)
    return np.rint(weight / scale).astype(np.int8), scale
