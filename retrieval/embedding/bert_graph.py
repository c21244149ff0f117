"""The layers of a BERT as an ONNX graph: word vectors in, token states out, in fp32."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

Tensors = Mapping[str, NDArray[np.float32]]
WORDS, MASK, STATES = "words", "mask", "states"
_OPSET, _IR = 20, 10  # the first with Gelu and LayerNormalization both; what ONNX Runtime reads since 1.18


@dataclass(frozen=True)
class Layers:
    """The numbers of the model, from its ``config.json``."""

    hidden: int
    layers: int
    heads: int
    epsilon: float


def bert_graph(tensors: Tensors, shape: Layers) -> bytes:
    """A serialised ONNX model. ``tensors`` are named as ``transformers.BertModel`` names them, without its table of words.

    Inputs: ``WORDS`` (batch, tokens, hidden), the sums of word, position and type vectors; ``MASK`` (batch, 1, 1, tokens), 0
    for a token and a large negative number for padding. Output: ``STATES`` (batch, tokens, hidden).
    """
    graph = _Graph(tensors, shape)
    states = graph.norm(WORDS, "embeddings.LayerNorm")
    for number in range(shape.layers):
        states = graph.layer(states, f"encoder.layer.{number}.")
    graph.add("Identity", states, output=STATES)
    size: list[int | str] = ["batch", "tokens", shape.hidden]
    inputs = [
        helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, size),
        helper.make_tensor_value_info(MASK, TensorProto.FLOAT, ["batch", 1, 1, "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info(STATES, TensorProto.FLOAT, size)]
    constants = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    made = helper.make_graph(graph.nodes, "bert", inputs, outputs, constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
    serialised: bytes = model.SerializeToString()
    return serialised


class _Graph:
    def __init__(self, tensors: Tensors, shape: Layers) -> None:
        self._tensors, self._shape = tensors, shape
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, NDArray[np.generic]] = {}
        width = shape.hidden // shape.heads
        self._split = self._constant("split", np.array([0, 0, 3 * shape.heads, width], np.int64))
        self._join = self._constant("join", np.array([0, 0, shape.hidden], np.int64))
        self._thirds = self._constant("thirds", np.array([shape.heads] * 3, np.int64))
        self._scale = self._constant("scale", np.array(width**-0.5, np.float32))

    def layer(self, states: str, prefix: str) -> str:
        """Attention and the two matrices after it, each with its residual and its norm."""
        attended = self.dense(self._attention(states, prefix), prefix + "attention.output.dense")
        states = self.norm(self.add("Add", attended, states), prefix + "attention.output.LayerNorm")
        inner = self.add("Gelu", self.dense(states, prefix + "intermediate.dense"))
        return self.norm(self.add("Add", self.dense(inner, prefix + "output.dense"), states), prefix + "output.LayerNorm")

    def _attention(self, states: str, prefix: str) -> str:
        names = [f"{prefix}attention.self.{one}" for one in ("query", "key", "value")]
        weight = np.concatenate([self._tensors[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self._tensors[f"{name}.bias"] for name in names])
        together = self._product(states, prefix + "attention", weight, bias)  # one matrix instead of three
        heads = self.add("Transpose", self.add("Reshape", together, self._split), perm=[0, 2, 1, 3])
        query, key, value = (f"{prefix}{one}" for one in ("query", "key", "value"))
        self.nodes.append(helper.make_node("Split", [heads, self._thirds], [query, key, value], axis=1))
        scores = self.add("MatMul", query, self.add("Transpose", key, perm=[0, 1, 3, 2]))
        scores = self.add("Add", self.add("Mul", scores, self._scale), MASK)
        mixed = self.add("MatMul", self.add("Softmax", scores, axis=-1), value)
        return self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self._join)

    def dense(self, states: str, name: str) -> str:
        return self._product(states, name, self._tensors[f"{name}.weight"].T, self._tensors[f"{name}.bias"])

    def _product(self, states: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        product = self.add("MatMul", states, self._constant(f"{name}.weight", weight))
        return self.add("Add", product, self._constant(f"{name}.bias", bias))

    def norm(self, states: str, name: str) -> str:
        weight, bias = (self._constant(f"{name}.{part}", self._tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", states, weight, bias, axis=-1, epsilon=self._shape.epsilon)

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """One node; the name of its output."""
        output = output or f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = np.array(value, order="C")  # 0-d stays 0-d
        return name
