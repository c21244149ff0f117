"""Embeds texts with a sentence-transformers model, in this process."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from core.settings import Settings
from retrieval.contracts import Embedder, Vectors
from retrieval.embedding.batches import PASSAGE_TOKENS, QUERY_TOKENS, in_batches
from retrieval.embedding.conversion import NAME, adapters_of, convert
from retrieval.embedding.direct import DirectEmbedder
from retrieval.embedding.peaks import peaks_of
from retrieval.embedding.processor import multiplies_bf16, multiplies_eight_bits

_BATCH = 32


class SentenceEmbedder:
    """Implements ``retrieval.contracts.Embedder``. Queries may come from several threads.

    ``source`` is a sentence-transformers folder, or the name of a model, which is downloaded once in ``revision``. Passages are
    embedded in ``threads`` parallel batches, each on one thread of torch. Torch's own threads wait for each other after every
    matrix, which is slow on a busy machine (measured: 10 texts a second instead of 35).
    """

    def __init__(
        self,
        source: str,
        *,
        name: str,
        revision: str,
        local: bool,
        threads: int = 2,
        cache: Path | None = None,
    ) -> None:
        if local:  # must be set before any import of Hugging Face
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        import torch  # noqa: PLC0415 - seconds and 500 MB that importers of this module need not pay
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        torch.set_num_threads(1)
        self.name, self.revision = name, revision
        self._inference_mode = torch.inference_mode
        self._tokenizing = threading.Lock()  # a tokenizer's length limit is mutable state
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embed")
        self._model = SentenceTransformer(
            source,
            device="cpu",
            revision=None if local else revision or None,
            cache_folder=str(cache) if cache else None,
            local_files_only=local,
            model_kwargs={"dtype": torch.bfloat16 if multiplies_bf16() else torch.float32},
        )
        self._model.eval()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "query", QUERY_TOKENS)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "document", PASSAGE_TOKENS)

    def _embed(self, texts: Sequence[str], kind: str, tokens: int) -> Vectors:
        prompt = self._model.prompts.get(kind) or None
        return in_batches(texts, self.dimension, lambda batch: self._forward(batch, prompt, tokens), self._pool, _BATCH)

    def _features(self, texts: list[str], prompt: str | None, tokens: int) -> dict[str, Any]:
        with self._tokenizing:
            self._model.max_seq_length = tokens
            return dict(self._model.preprocess(texts, prompt=prompt))

    def _forward(self, texts: list[str], prompt: str | None, tokens: int) -> Vectors:
        features = self._features(texts, prompt, tokens)
        with self._inference_mode():
            return np.asarray(self._model(features)["sentence_embedding"].float().numpy(), dtype=np.float32)


def prepare_model(settings: Settings) -> str:
    """Prepares the model of the settings for loading, and returns its name."""
    if not settings.embedding_model:
        folder = convert(settings.home / "models", adapters=adapters_of(settings))
        peaks_of(folder)  # else each process that loads the model would measure the peaks
        return folder.name
    embedder = load_embedder(settings)  # the library downloads it if it is missing
    return f"{embedder.name}@{embedder.revision}"


def load_embedder(settings: Settings, threads: int = 2) -> Embedder:
    """Returns the model that the settings name (``name@revision``), or the embedded one, converted first if necessary.

    The embedded model computes in 8 bits if the processor supports it (ADR 0042). Its vectors have the same name in both cases.
    """
    models = settings.home / "models"
    if settings.embedding_model:
        name, _, revision = settings.embedding_model.partition("@")
        local = Path(name).is_dir()
        return SentenceEmbedder(name, name=name, revision=revision, local=local, threads=threads, cache=models)
    folder = convert(models, adapters=adapters_of(settings))
    revision = folder.name.removeprefix(f"{NAME}-")
    return DirectEmbedder(folder, name=NAME, revision=revision, threads=threads, eight_bits=multiplies_eight_bits())
