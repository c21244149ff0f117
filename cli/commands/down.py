"""``./guichet down``: stop everything. Apart from ``up``, whose imports it would wait for."""

from __future__ import annotations

from cli.language import say
from cli.stack import stop
from core.settings import Settings


def down() -> None:
    """Stop every process of this installation."""
    if stop(Settings()):
        say("Guichet est arrêté.", "Guichet is stopped.")
    else:
        say("Guichet ne fonctionnait pas.", "Guichet was not running.")
