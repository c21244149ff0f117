"""``./guichet down``: stops everything. Separate from ``up``, to avoid its imports."""

from cli.language import say, sentence
from cli.manager_state import manager_state
from cli.stack import stop
from core.settings import Settings


def down() -> None:
    """Stop every process of this installation, also what is left where its process manager was killed."""
    settings = Settings()
    count = len(manager_state(settings.home).processes)
    if count:
        say(*sentence("ending_leftovers", count=count))
    if stop(settings):
        say("Guichet est arrêté.", "Guichet is stopped.")
    else:
        say("Guichet ne fonctionnait pas.", "Guichet was not running.")
