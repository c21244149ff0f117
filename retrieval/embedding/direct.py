"""Embeds with the embedded model without torch: its layers run in ONNX Runtime, its table of words stays in its file.

Figures (AVX2, one thread, processor time of a query in one run, 60 of the project's own questions): torch 44 ms, traced 27 ms,
this 18 ms in fp32, with the same vectors (cosine 1.0000000). With VNNI: 15.6 ms in fp32, 8.0 in 8 bits at cosine .9995 (ADR
0042). What it does to memory stands in ADR 0030.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from retrieval.contracts import Vectors
from retrieval.embedding.batches import PASSAGE_TOKENS, QUERY_TOKENS, in_batches
from retrieval.embedding.bert_graph import MASK, STATES, WORDS, Graph, Layers
from retrieval.embedding.eight_bits import EightBitGraph
from retrieval.embedding.tensor_file import TensorFile, floats

_BATCH = 8  # what it works on stays in the processor's caches: 53 ms a section, 58 with 16, 66 with 32
# Values of multilingual-e5-small that are some seven times the others: cosine with fp32 is .998 with them, .9995 once softened.
_LOUD = (15, 35)
_PADDING = -1e9  # added to the score of a token that is none
_TABLES = ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight")
_TYPES = "embeddings.token_type_embeddings.weight"


class DirectEmbedder:
    """Implements ``retrieval.contracts.Embedder`` for a folder that ``conversion.convert`` made. Thread-safe.

    Passages are embedded in ``threads`` batches side by side, each on one thread. ``eight_bits``: with matrices in 8 bits.
    """

    def __init__(self, folder: Path, *, name: str, revision: str, threads: int = 2, eight_bits: bool = False) -> None:
        config = json.loads((folder / "config.json").read_bytes())
        self.name, self.revision = name, revision
        self.dimension = int(config["hidden_size"])
        self._prompts: dict[str, str] = json.loads((folder / "config_sentence_transformers.json").read_bytes())["prompts"]
        self._padding = int(config["pad_token_id"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizing = threading.Lock()  # its length limit is its state
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embed")
        tensors = TensorFile(folder / "model.safetensors")
        self._words = tensors.bits(_TABLES[0])  # 192 MB, of which only the rows of words that occur are ever read
        self._places = tensors.floats(_TABLES[1]) + tensors.floats(_TYPES)[0]
        shape = Layers(self.dimension, config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
        inside = {key: tensors.floats(key) for key in tensors.names if key not in (*_TABLES, _TYPES)}
        graph = EightBitGraph(inside, shape, _LOUD) if eight_bits else Graph(inside, shape)
        self._session = _session(graph.model())

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "query", QUERY_TOKENS)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "document", PASSAGE_TOKENS)

    def _embed(self, texts: Sequence[str], kind: str, tokens: int) -> Vectors:
        prompt = self._prompts[kind]
        return in_batches(
            [f"{prompt}{text}" for text in texts],
            self.dimension,
            lambda batch: self._forward(batch, tokens),
            self._pool,
            _BATCH,
        )

    def _forward(self, texts: list[str], tokens: int) -> Vectors:
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
        words = floats(self._words[ids]) + self._places[:longest]
        (states,) = self._session.run([STATES], {WORDS: words, MASK: mask})
        total = np.einsum("btd,bt->bd", states, held.astype(np.float32))
        return np.asarray(total / lengths[:, None], np.float32)


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run side by side instead (retrieval/threads.py)
    options.log_severity_level = 3  # errors
    # Sums and their norm in one node take longer than in two (1.5 ms of a query, and .6).
    slower = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)
