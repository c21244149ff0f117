"""The operator's language: French by default, English if the system's language is English.

Short texts stand in the code, French before English. Sentences are in ``sentences.yml``.
"""

import os
import sys
from pathlib import Path

from core.sentences import Sentences

sentence = Sentences(Path(__file__).with_name("sentences.yml"))


def speaks_english() -> bool:
    """Decides whether ``GUICHET_LANG``, ``LC_ALL`` or ``LANG`` (the first that is set) begins with ``en``."""
    chosen = next((os.environ[name] for name in ("GUICHET_LANG", "LC_ALL", "LANG") if os.environ.get(name)), "")
    return chosen.lower().startswith("en")


def pick(fr: str, en: str) -> str:
    """Returns the wording in the operator's language."""
    return en if speaks_english() else fr


def say(fr: str, en: str) -> None:
    """Prints one line for a person on standard error, because standard output is for programs."""
    print(pick(fr, en), file=sys.stderr, flush=True)


class Refusal(Exception):
    """A command that cannot continue. Its message is one sentence with advice, in the operator's language."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(pick(fr, en))


def not_running(address: str) -> Refusal:
    """Returns the refusal for a command that needs the service, if none answers at ``address``."""
    return Refusal(*sentence("not_running", address=address))
