"""``python -m actions``: loads the embedding model and the active snapshot once, then serves on loopback."""

from __future__ import annotations

import sys

from actions.beside import Aside
from actions.server import create_app
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.telemetry import exposed
from core.telemetry.tracing import traced
from core.web.serving import serve
from retrieval.embedding.model import load_embedder
from retrieval.engine import Engine
from retrieval.pipeline import snapshots_folder
from retrieval.snapshots import SnapshotUnusable
from retrieval.steady import Steady

_FIRST = (("bonjour", "fr"), ("carte perdue", "fr"), ("renew passport", "en"))


def main(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The first queries are slow, since much is loaded when it is used: they are made before the
    port is opened, or the first citizen would meet a deadline.

    Ends with one sentence where the active snapshot cannot be used.
    """
    embedder = Aside(load_embedder(settings))
    try:
        engine = Engine(snapshots_folder(settings.home), embedder, synonyms=settings.synonyms_file)
    except SnapshotUnusable as error:
        sys.exit(str(error))
    steady = Steady(engine)
    for query, locale in _FIRST:
        steady.search(query, locale=locale)
    app = create_app(settings, steady, embedder)
    with exposed("actions", settings.home), traced(settings, "actions"):
        serve(app, host=settings.inner_host, port=settings.actions_port)


if __name__ == "__main__":
    configure_logs("actions")
    main(Settings())
