"""``python -m actions``: loads the embedding model and the active snapshot once, then serves on loopback."""

from __future__ import annotations

import sys
from contextlib import suppress

import httpx

from actions import metrics
from actions.policy.offices import book_of
from actions.server.app import create_app
from core import held
from core.action_server import blocking_action_server
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.telemetry import exposed
from core.telemetry.tracing import traced
from core.web.serving import serve
from retrieval.embedding.model import load_embedder
from retrieval.engine import Engine
from retrieval.pipeline import snapshots_folder
from retrieval.steady import Steady

_FIRST = (("bonjour", "fr"), ("carte perdue", "fr"), ("renew passport", "en"))


def main(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The first queries are slow, since much is loaded when it is used: they are made before the
    port is opened, or the first citizen would meet a deadline.

    Where the active snapshot cannot be used, the last good one is. Where there is none either, this serves all the same: it is
    not ready, it embeds what a new one needs, and it answers once there is one. Only where it would replace an action server
    that answers, it ends with one sentence.
    """
    embedder = load_embedder(settings)
    engine = Engine(snapshots_folder(settings.home), embedder, synonyms=settings.synonyms_file, falls_back=True)
    if engine.snapshot is None and engine.refused and held.is_held() and _answers(settings):
        sys.exit(engine.refused)
    metrics.SNAPSHOT_REFUSED.set_function(lambda: float(bool(engine.refused)))
    steady = Steady(engine)
    book_of(settings).load()
    for query, locale in _FIRST:
        steady.search(query, locale=locale)
    app = create_app(settings, steady, embedder)
    with exposed("actions", settings.home), traced(settings, "actions"):
        serve(app, host=settings.inner_host, port=settings.actions_port)


def _answers(settings: Settings) -> bool:
    """Whether an action server answers at our address, where this one does not listen yet: the one that it would replace."""
    with blocking_action_server(settings, seconds=2) as client, suppress(httpx.HTTPError):
        return client.get("/health").is_success
    return False


if __name__ == "__main__":
    configure_logs("actions")
    main(Settings())
