"""The inputs of the layers: the vectors of a text's tokens."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval.embedding.bert_graph import Matrix, Tensors
from retrieval.embedding.tensor_file import TensorFile, floats

_PADDING = -1e9  # added to the attention score of padding
_WORDS, _PLACES = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
type Kind = Literal["query", "document"]


class Batch(NamedTuple):
    """The input of the graph: ``words`` (texts, tokens, hidden) and ``mask`` (texts, 1, 1, tokens). ``held`` (texts, tokens) is
    true for all tokens but padding.
    """

    words: Matrix
    mask: Matrix
    held: NDArray[np.bool_]


class Inputs:
    """The inputs of the model in ``folder``, whose tensors are in ``tensors``. Thread-safe."""

    def __init__(self, folder: Path, tensors: TensorFile) -> None:
        self._prompts: dict[str, str] = json.loads((folder / "config_sentence_transformers.json").read_bytes())["prompts"]
        self._padding = int(json.loads((folder / "config.json").read_bytes())["pad_token_id"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizing = threading.Lock()  # the tokenizer's length limit is mutable state
        self._words = tensors.bits(_WORDS)  # 192 MB; only the rows of words that occur are read
        self._places = tensors.floats(_PLACES) + tensors.floats(_TYPES)[0]

    def prompted(self, texts: Sequence[str], kind: Kind) -> list[str]:
        """Returns the texts with the prefix that tells the model whether a text is a query or a passage."""
        return [f"{self._prompts[kind]}{text}" for text in texts]

    def batch(self, texts: list[str], tokens: int) -> Batch:
        """Returns the batch of ``texts``, each cut to ``tokens`` tokens."""
        with self._tokenizing:
            self._tokenizer.enable_truncation(tokens)
            found = [encoded.ids for encoded in self._tokenizer.encode_batch(texts)]
        lengths = np.array([len(ids) for ids in found])
        longest = int(lengths.max())
        ids = np.full((len(found), longest), self._padding, np.int64)
        for row, one in zip(ids, found, strict=True):
            row[: len(one)] = one
        held = np.arange(longest) < lengths[:, None]
        mask = np.where(held, np.float32(0), np.float32(_PADDING))[:, None, None, :]
        return Batch(floats(self._words[ids]) + self._places[:longest], mask, held)


def layer_tensors(tensors: TensorFile) -> Tensors:
    """Returns the tensors of the layers in fp32: all but the embedding tables."""
    return {name: tensors.floats(name) for name in tensors.names if name not in (_WORDS, _PLACES, _TYPES)}
