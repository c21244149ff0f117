"""Embeds in the running action server, so that a build or a publication on the same machine needs no model of its own."""

from collections.abc import Sequence

import httpx
import numpy as np

from core.action_server import blocking_action_server
from core.settings import Settings
from retrieval.contracts import Vectors

_BATCH = 32  # texts in a request; the server accepts no more
_SECONDS = 120.0


class RemoteEmbedder:
    """Implements ``retrieval.contracts.Embedder``. Raises ``httpx.HTTPError`` if the server does not answer."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._http = blocking_action_server(settings, seconds=_SECONDS, transport=transport)
        model = self._http.get("/embedder").raise_for_status().json()
        self.name: str = model["name"]
        self.revision: str = model["revision"]
        self.dimension: int = model["dimension"]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "queries")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "passages")

    def _embed(self, texts: Sequence[str], kind: str) -> Vectors:
        # Longest first, as in the model's own batches: a batch is padded to its longest text.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            body = {"texts": [texts[number] for number in batch], "kind": kind}
            answer = self._http.post("/embed", json=body).raise_for_status()
            vectors[batch] = np.frombuffer(answer.content, dtype="<f4").reshape(len(batch), self.dimension)
        return vectors
