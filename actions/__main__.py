"""``python -m actions``: loads the embedding model and the active snapshot once, then serves on loopback."""

import sys
from contextlib import suppress

import httpx

from actions import metrics
from actions.policy.offices import book_of
from actions.server.app import create_app
from core import socket_handover
from core.action_server import blocking_action_server
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.settings.following import followed
from core.telemetry import metrics_server
from core.telemetry.tracing import traced
from core.web.serving import serve
from retrieval.embedding.model import load_embedder
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from retrieval.turn_scoped_retriever import TurnScopedRetriever

_FIRST = (("bonjour", "fr"), ("carte perdue", "fr"), ("renew passport", "en"))


def main(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. The first queries are slow because of lazy loading, so they run before the port opens:
    otherwise the first citizen would exceed a deadline.

    If the active snapshot is unusable, the last good one is used. If there is none either, the server still runs: it is not
    ready, but embeds what a new snapshot needs, and answers once there is one. It exits with one sentence only if it would
    replace an action server that answers.
    """
    embedder = load_embedder(settings)
    engine = SearchService(snapshots_folder(settings.home), embedder, synonyms=settings.synonyms_file, falls_back=True)
    if engine.snapshot is None and engine.refused and socket_handover.has_holder() and _answers(settings):
        sys.exit(engine.refused)
    metrics.SNAPSHOT_REFUSED.set_function(lambda: float(bool(engine.refused)))
    steady = TurnScopedRetriever(engine)
    book_of(settings).load()
    for query, locale in _FIRST:
        steady.search(query, locale=locale)
    app = create_app(settings, steady, embedder)
    with metrics_server("actions", settings.home), traced(settings, "actions"), followed(settings):
        serve(app, host=settings.inner_host, port=settings.actions_port)


def _answers(settings: Settings) -> bool:
    """Decides whether another action server answers at our address, before this one listens: the one that it would replace."""
    with blocking_action_server(settings, seconds=2) as client, suppress(httpx.HTTPError):
        return client.get("/health").is_success
    return False


if __name__ == "__main__":
    configure_logs("actions")
    main(Settings())
