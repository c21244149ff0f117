"""Embeds texts with a sentence-transformers model, in this process."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.settings import Settings
from retrieval.contracts import Vectors
from retrieval.embedding.conversion import NAME, adapter_of, convert

if TYPE_CHECKING:
    from retrieval.embedding.query_encoder import QueryEncoder

QUERY_TOKENS = 192  # a citizen's message; what is longer adds little and costs time
PASSAGE_TOKENS = 192
BATCH = 32


class SentenceEmbedder:
    """Implements ``retrieval.contracts.Embedder``; queries may come from several threads.

    ``source`` is a sentence-transformers folder, or the name of a model that is fetched once in ``revision``. Passages are
    embedded in ``threads`` batches side by side, each on one thread of torch: torch's own threads wait for each other after
    every matrix, which on a busy machine costs a multiple of what they bring (measured: 10 texts a second instead of 35).
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
        quick: bool = False,
    ) -> None:
        """``quick``: queries go through a ``QueryEncoder``, where the model and the processor allow it."""
        if local:  # before anything of Hugging Face is imported
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        import torch  # noqa: PLC0415 - seconds and 500 MB that importers of this module need not pay
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        from retrieval.embedding.query_encoder import QueryEncoder, fits  # noqa: PLC0415

        torch.set_num_threads(1)
        self.name, self.revision = name, revision
        self._inference_mode = torch.inference_mode
        self._tokenizing = threading.Lock()  # a tokenizer's length limit is its state
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embed")
        self._model = SentenceTransformer(
            source,
            device="cpu",
            revision=None if local else revision or None,
            cache_folder=str(cache) if cache else None,
            local_files_only=local,
            model_kwargs={"dtype": torch.bfloat16 if _has_bf16() else torch.float32},
        )
        self._model.eval()
        layers: Any = self._model[0].auto_model
        self._encoder = QueryEncoder(layers) if quick and fits(layers) else None
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if self._encoder is None:
            return self._embed(texts, "query", QUERY_TOKENS)
        rows = [self._encode(self._encoder, text) for text in texts]  # one by one: 8-bit scales would depend on the company
        return unit(np.concatenate(rows)) if rows else np.zeros((0, self.dimension), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "document", PASSAGE_TOKENS)

    def _embed(self, texts: Sequence[str], kind: str, tokens: int) -> Vectors:
        prompt = self._model.prompts.get(kind) or None
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        # Longest first: batches are padded to their longest, and the last ones to finish are the small ones.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        work = [[texts[number] for number in batch] for batch in batches]
        if len(work) == 1:
            results = [self._forward(work[0], prompt, tokens)]
        else:
            results = list(self._pool.map(lambda batch: self._forward(batch, prompt, tokens), work))
        for batch, result in zip(batches, results, strict=True):
            vectors[batch] = result
        return unit(vectors)

    def _encode(self, encoder: QueryEncoder, text: str) -> Vectors:
        features = encoder(self._features([text], self._model.prompts.get("query") or None, QUERY_TOKENS))
        with self._inference_mode():
            for module in list(self._model)[1:]:  # what follows the transformer: pooling
                features = module(features)
        return np.asarray(features["sentence_embedding"].float().numpy(), dtype=np.float32)

    def _features(self, texts: list[str], prompt: str | None, tokens: int) -> dict[str, Any]:
        with self._tokenizing:
            self._model.max_seq_length = tokens
            return dict(self._model.preprocess(texts, prompt=prompt))

    def _forward(self, texts: list[str], prompt: str | None, tokens: int) -> Vectors:
        features = self._features(texts, prompt, tokens)
        with self._inference_mode():
            return np.asarray(self._model(features)["sentence_embedding"].float().numpy(), dtype=np.float32)


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1 in fp32: a model that runs in bf16 leaves them up to 0.2 % off."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def prepare_model(settings: Settings) -> str:
    """Makes the model that the settings name ready to load, and says which it is."""
    if not settings.embedding_model:
        return convert(settings.home / "models", adapter=adapter_of(settings)).name
    embedder = load_embedder(settings)  # fetched by the library where it is not here yet
    return f"{embedder.name}@{embedder.revision}"


def load_embedder(settings: Settings, threads: int = 2) -> SentenceEmbedder:
    """The model that the settings name (``name@revision``), or the embedded one, converted where it is not yet."""
    models = settings.home / "models"
    if settings.embedding_model:
        name, _, revision = settings.embedding_model.partition("@")
        local = Path(name).is_dir()
        return SentenceEmbedder(name, name=name, revision=revision, local=local, threads=threads, cache=models)
    folder = convert(models, adapter=adapter_of(settings))
    revision = folder.name.removeprefix(f"{NAME}-")
    return SentenceEmbedder(str(folder), name=NAME, revision=revision, local=True, threads=threads, quick=True)


def _has_bf16() -> bool:
    """Whether the processor multiplies bf16 itself; where it does not, bf16 is slower than fp32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
