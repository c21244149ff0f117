"""An embedder that is identified at once and loaded only when something must be embedded."""

import json
from collections.abc import Callable, Sequence

import httpx

from core.settings import Settings
from retrieval.contracts import Embedder, Vectors
from retrieval.embedding.conversion import NAME, adapters_of, convert
from retrieval.embedding.remote import RemoteEmbedder

HANDFUL = 64  # texts: the running service embeds so few sooner than a model is loaded


class LazyEmbedder:
    """The embedded model, for a build whose texts are mostly known. Implements ``retrieval.contracts.Embedder``.

    Up to ``HANDFUL`` texts are embedded by the running action server, if it has the same model. More texts are embedded by the
    model in this process, which takes seconds to load.
    """

    def __init__(self, settings: Settings) -> None:
        folder = convert(settings.home / "models", adapters=adapters_of(settings))
        self.name, self.revision = NAME, folder.name.removeprefix(f"{NAME}-")
        self.dimension = int(json.loads((folder / "config.json").read_bytes())["hidden_size"])
        self._settings = settings
        self._loaded: Embedder | None = None
        self._remote: RemoteEmbedder | None = None

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        found = self._by_service(texts, RemoteEmbedder.embed_queries)
        return self._local().embed_queries(texts) if found is None else found

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        found = self._by_service(texts, RemoteEmbedder.embed_passages)
        return self._local().embed_passages(texts) if found is None else found

    def _by_service(self, texts: Sequence[str], embed: Callable[[RemoteEmbedder, Sequence[str]], Vectors]) -> Vectors | None:
        """Returns the vectors of a few texts from the running action server, if it has the same model; else ``None``."""
        if self._loaded is not None or len(texts) > HANDFUL:
            return None
        try:
            self._remote = self._remote or RemoteEmbedder(self._settings)
            if (self._remote.name, self._remote.revision) == (self.name, self.revision):
                return embed(self._remote, texts)
        except httpx.HTTPError:
            pass  # no service is running; this process embeds
        return None

    def _local(self) -> Embedder:
        from retrieval.embedding.model import load_embedder  # noqa: PLC0415 - only where it is used

        if self._loaded is None:
            self._loaded = load_embedder(self._settings)
        return self._loaded
