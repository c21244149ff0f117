"""Texts as the layers take them: the vectors of their tokens."""

from __future__ import annotations

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

_PADDING = -1e9  # added to the score of a token that is none
_WORDS, _PLACES = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
type Kind = Literal["query", "document"]


class Batch(NamedTuple):
    """``words`` (texts, tokens, hidden) and ``mask`` (texts, 1, 1, tokens) are what the graph takes; ``held`` (texts, tokens)
    tells what is no padding."""

    words: Matrix
    mask: Matrix
    held: NDArray[np.bool_]


class Inputs:
    """Of the model in ``folder``, whose tensors are in ``tensors``. Thread-safe."""

    def __init__(self, folder: Path, tensors: TensorFile) -> None:
        self._prompts: dict[str, str] = json.loads((folder / "config_sentence_transformers.json").read_bytes())["prompts"]
        self._padding = int(json.loads((folder / "config.json").read_bytes())["pad_token_id"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizing = threading.Lock()  # its length limit is its state
        self._words = tensors.bits(_WORDS)  # 192 MB, of which only the rows of words that occur are ever read
        self._places = tensors.floats(_PLACES) + tensors.floats(_TYPES)[0]

    def prompted(self, texts: Sequence[str], kind: Kind) -> list[str]:
        """Returns the texts with what tells the model whether they ask or are searched."""
        return [f"{self._prompts[kind]}{text}" for text in texts]

    def batch(self, texts: list[str], tokens: int) -> Batch:
        """Of each text at most ``tokens`` tokens."""
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
    """Returns those of the layers, in fp32: all but the tables."""
    return {name: tensors.floats(name) for name in tensors.names if name not in (_WORDS, _PLACES, _TYPES)}
