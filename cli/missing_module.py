"""The message of a command whose dependency is not installed: the developers' tools, or one of their libraries."""

from cli.language import Refusal, sentence
from core.settings import ROOT


def refusal_for_missing_module(error: ModuleNotFoundError) -> Refusal:
    """Returns the refusal with advice. Raises ``error`` itself if the module is one of ours, because that is a defect."""
    name = (error.name or "").partition(".")[0]
    if name == "tools":
        return Refusal(*sentence("tools_missing"))
    if name in ("sentence_transformers", "torch"):
        return Refusal(*sentence("models_missing"))
    if not name or (ROOT / name).is_dir():
        raise error
    return Refusal(*sentence("library_missing", name=name))
