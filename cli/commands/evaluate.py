"""``./guichet eval``: measurements on questions with known answers, of the developers' tools."""

from tools.evaluation.commands.app import app

__all__ = ["app"]
