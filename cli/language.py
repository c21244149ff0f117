"""What the operator reads: French first, English for whoever's system speaks English."""

from __future__ import annotations

import os
import sys


def speaks_english() -> bool:
    """True where ``GUICHET_LANG``, ``LC_ALL`` or ``LANG`` (the first that is set) begins with ``en``."""
    chosen = next((os.environ[name] for name in ("GUICHET_LANG", "LC_ALL", "LANG") if os.environ.get(name)), "")
    return chosen.lower().startswith("en")


def pick(fr: str, en: str) -> str:
    """Returns the wording in the operator's language."""
    return en if speaks_english() else fr


def say(fr: str, en: str) -> None:
    """Print one line for a person, on standard error: standard output is for what programs read."""
    print(pick(fr, en), file=sys.stderr, flush=True)


class Refusal(Exception):
    """A command that can't go on. Its message is one sentence that says what to do, in the operator's language."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(pick(fr, en))


def not_running(address: str) -> Refusal:
    """For a command that asks the service, where none answers at ``address``."""
    return Refusal(
        f"Le service ne tourne pas à l'adresse {address}. Lancez ./guichet up.",
        f"The service is not running at {address}. Start it with ./guichet up.",
    )
