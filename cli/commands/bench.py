"""``./guichet bench``: how fast, how many, how much memory, by the developers' tools."""

from tools.bench.commands.app import app

__all__ = ["app"]
