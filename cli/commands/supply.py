"""``./guichet supply``: the components of the service, by the developers' tools."""

from tools.supply.commands import app

__all__ = ["app"]
