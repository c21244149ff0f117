"""``./guichet supply``: what the service is made of, by the developers' tools."""

from __future__ import annotations

from tools.supply.commands import app

__all__ = ["app"]
