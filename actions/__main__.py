"""``python -m actions``: loads the embedding model and the active snapshot once, then serves on loopback."""

from __future__ import annotations

import uvicorn

from actions.server import create_app
from core.privacy.logs import configure_logs
from core.settings import Settings
from retrieval.embedding.model import load_embedder
from retrieval.engine import Engine
from retrieval.pipeline import snapshots_folder


def main(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The first query of a model is slow: it is made before the port is opened."""
    embedder = load_embedder(settings)
    embedder.embed_queries(["bonjour"])
    app = create_app(settings, Engine(snapshots_folder(settings.home), embedder))
    uvicorn.run(app, host="127.0.0.1", port=settings.actions_port, access_log=False, log_config=None)


if __name__ == "__main__":
    configure_logs("actions")
    main(Settings())
