"""The layers of a BERT model as an ONNX graph: word vectors in, token states out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

Matrix = NDArray[np.float32]
Tensors = Mapping[str, Matrix]
Source = Literal["norm", "attention", "gelu"]
RUNTIME = "com.microsoft"  # the domain of ONNX Runtime's own operators
WORDS, MASK, STATES = "words", "mask", "states"
_OPSET, _IR = 20, 10  # the first opset with both Gelu and LayerNormalization, which ONNX Runtime reads since 1.18


@dataclass(frozen=True)
class Layers:
    """The dimensions of the model, from its ``config.json``."""

    hidden: int
    layers: int
    heads: int
    epsilon: float

    @classmethod
    def of(cls, folder: Path) -> Layers:
        """Reads the dimensions of the model in ``folder``."""
        config = json.loads((folder / "config.json").read_bytes())
        return cls(config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])


class Graph:
    """The graph of one model, with matrices in fp32. ``eight_bits.EightBitGraph`` has them in 8 bits.

    ``tensors`` have the names of ``transformers.BertModel``; the word embeddings are not among them.
    """

    def __init__(self, tensors: Tensors, shape: Layers) -> None:
        self._tensors, self._shape = tensors, shape
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, NDArray[np.generic]] = {}
        self.outputs: list[ValueInfoProto] = []
        width = shape.hidden // shape.heads
        self._split = self.constant("split", np.array([0, 0, 3 * shape.heads, width], np.int64))
        self._join = self.constant("join", np.array([0, 0, shape.hidden], np.int64))
        self._thirds = self.constant("thirds", np.array([shape.heads] * 3, np.int64))
        self._scale = np.repeat(np.array([width**-0.5, 1, 1], np.float32), shape.hidden)  # of queries, keys, values

    def model(self) -> bytes:
        """Returns a serialised ONNX model.

        Inputs: ``WORDS`` (batch, tokens, hidden), the sums of word, position and type vectors; ``MASK`` (batch, 1, 1, tokens),
        0 for a token and a large negative number for padding. Outputs: ``STATES`` (batch, tokens, hidden), and those that a
        subclass adds to ``outputs``.
        """
        states = self._norm(WORDS, "embeddings.LayerNorm")
        for number in range(self._shape.layers):
            states = self._layer(states, f"encoder.layer.{number}.")
        self.add("Identity", states, output=STATES)
        size: list[int | str] = ["batch", "tokens", self._shape.hidden]
        inputs = [
            helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, size),
            helper.make_tensor_value_info(MASK, TensorProto.FLOAT, ["batch", 1, 1, "tokens"]),
        ]
        outputs = [helper.make_tensor_value_info(STATES, TensorProto.FLOAT, size), *self.outputs]
        constants = [numpy_helper.from_array(value, name) for name, value in self._constants.items()]
        made = helper.make_graph(self._nodes, "bert", inputs, outputs, constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(RUNTIME, 1)]
        serialised: bytes = helper.make_model(made, opset_imports=opsets, ir_version=_IR).SerializeToString()
        return serialised

    def _layer(self, states: str, prefix: str) -> str:
        """Adds attention and the two matrices after it, each with its residual and its norm. Returns the name of the output."""
        attended = self._dense(self._attention(states, prefix), prefix + "attention.output.dense", "attention")
        states = self._norm(self.add("Add", attended, states), prefix + "attention.output.LayerNorm")
        inner = self.add("Gelu", self._dense(states, prefix + "intermediate.dense", "norm"))
        return self._norm(
            self.add("Add", self._dense(inner, prefix + "output.dense", "gelu"), states), prefix + "output.LayerNorm"
        )

    def _attention(self, states: str, prefix: str) -> str:
        names = [f"{prefix}attention.self.{one}" for one in ("query", "key", "value")]
        weight = np.concatenate([self._tensors[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self._tensors[f"{name}.bias"] for name in names])
        # One matrix instead of three; the scale of the attention scores is included in it.
        together = self.product(states, prefix + "attention", weight * self._scale, bias * self._scale, "norm")
        heads = self.add("Transpose", self.add("Reshape", together, self._split), perm=[0, 2, 1, 3])
        query, key, value = (f"{prefix}{one}" for one in ("query", "key", "value"))
        self._nodes.append(helper.make_node("Split", [heads, self._thirds], [query, key, value], axis=1))
        scores = self.add("Add", self.add("MatMul", query, self.add("Transpose", key, perm=[0, 1, 3, 2])), MASK)
        mixed = self.add("MatMul", self.add("Softmax", scores, axis=-1), value)
        return self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self._join)

    def _dense(self, states: str, name: str, source: Source) -> str:
        return self.product(states, name, self._tensors[f"{name}.weight"].T, self._tensors[f"{name}.bias"], source)

    def product(self, states: str, name: str, weight: Matrix, bias: Matrix, source: Source) -> str:
        """Adds the product of ``states`` (computed by ``source``) with the matrix (in, out), plus the bias. Returns the
        output's name.
        """
        product = self.add("MatMul", states, self.constant(f"{name}.weight", weight))
        return self.add("Add", product, self.constant(f"{name}.bias", bias))

    def _norm(self, states: str, name: str) -> str:
        weight, bias = (self.constant(f"{name}.{part}", self._tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", states, weight, bias, axis=-1, epsilon=self._shape.epsilon)

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Adds one node. Returns the name of its output."""
        output = output or f"node{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Adds a constant to the model. Returns its name."""
        self._constants[name] = np.array(value, order="C")  # 0-d stays 0-d
        return name
