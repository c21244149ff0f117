"""The message of a command whose dependency is not installed: the developers' tools, or one of their libraries."""

from __future__ import annotations

from cli.language import Refusal
from core.settings import ROOT


def refusal_for_missing_module(error: ModuleNotFoundError) -> Refusal:
    """Returns the refusal with advice. Raises ``error`` itself if the module is one of ours, because that is a defect."""
    name = (error.name or "").partition(".")[0]
    if name == "tools":
        return Refusal(
            "Cette commande mesure, entraîne ou vérifie le logiciel : une image du service ne l'a pas. "
            "Lancez-la d'une copie complète du dépôt (git clone).",
            "This command measures, trains or checks the software, and an image of the service does not have it. "
            "Run it in a whole checkout (git clone).",
        )
    if not name or (ROOT / name).is_dir():
        raise error
    return Refusal(
        f"Il manque la bibliothèque {name}. Lancez « uv sync --group dev », puis relancez.",
        f"The library {name} is missing. Run 'uv sync --group dev', then run this again.",
    )
