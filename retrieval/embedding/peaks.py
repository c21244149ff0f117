"""The peak of each value in front of each matrix. The scales of the 8-bit graph follow from them (ADR 0051).

They are measured once for a model, in fp32, on the texts of ``peaks.txt`` (about 5 s), and stored next to its weights.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from onnx import TensorProto, helper

from retrieval.embedding.batches import QUERY_TOKENS
from retrieval.embedding.bert_graph import MASK, WORDS, Graph, Layers, Matrix, Source, Tensors
from retrieval.embedding.inputs import Inputs, layer_tensors
from retrieval.embedding.onnx_session import session
from retrieval.embedding.tensor_file import TensorFile

# 126 of the encoder's training questions (every 120th), some in capitals, cut off, or four in one; and messages that are no
# sentences: signs, numbers, other scripts. None belongs to an evaluation set.
_TEXTS = Path(__file__).with_suffix(".txt")
_FILE = "peaks.npz"
type Peaks = Mapping[str, Matrix]
"""(in,) the largest size of each value that is multiplied by a matrix, by its name in the graph."""


class MeasuringGraph(Graph):
    """The same layers in fp32. Its outputs are peaks, named after the matrices."""

    def __init__(self, tensors: Tensors, shape: Layers) -> None:
        super().__init__(tensors, shape)
        self._all = self.constant("all tokens", np.array([0, 1], np.int64))

    def product(self, states: str, name: str, weight: Matrix, bias: Matrix, source: Source) -> str:
        self.add("ReduceMax", self.add("Abs", states), self._all, output=name, keepdims=0)
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [len(weight)]))
        return super().product(states, name, weight, bias, source)

    @property
    def names(self) -> list[str]:
        """Returns the names of the outputs; there are none before ``model`` has been called."""
        return [output.name for output in self.outputs]


def peaks_of(folder: Path) -> Peaks:
    """Returns the peaks of the model in ``folder``. Measures them if there are none yet, and stores them if the folder is
    writable.
    """
    try:
        with np.load(folder / _FILE) as kept:
            return dict(kept)
    except (OSError, ValueError, EOFError, BadZipFile):
        pass  # missing or truncated
    found = _measured(folder)
    aside = folder / f".{_FILE}.{os.getpid()}"
    try:
        with aside.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **found)
        aside.replace(folder / _FILE)
    except OSError:
        aside.unlink(missing_ok=True)
    return found


def _measured(folder: Path) -> Peaks:
    """Returns the peaks over all texts. Every second text counts as a passage."""
    tensors = TensorFile(folder / "model.safetensors")
    inputs, graph = Inputs(folder, tensors), MeasuringGraph(layer_tensors(tensors), Layers.of(folder))
    running = session(graph.model())
    names = graph.names
    found = {name: np.zeros(1, np.float32) for name in names}
    for number, text in enumerate(_TEXTS.read_text(encoding="utf-8").splitlines()):
        words, mask, _ = inputs.batch(inputs.prompted([text], "document" if number % 2 else "query"), QUERY_TOKENS)
        for name, peaks in zip(names, running.run(names, {WORDS: words, MASK: mask}), strict=True):
            found[name] = np.maximum(found[name], peaks)
    return found
