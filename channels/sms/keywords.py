"""Words that the service itself obeys when they are a whole message. Pure; the dialogue engine never sees them."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    """What a keyword asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    **dict.fromkeys(("stop", "arret", "arreter", "stopall", "desabonner", "desabonnement", "unsubscribe"), Keyword.STOP),
    **dict.fromkeys(("start", "debut", "reprendre", "oui stop", "unstop"), Keyword.START),
    **dict.fromkeys(("aide", "help", "info"), Keyword.HELP),
}
_NOISE = re.compile(r"[^a-z0-9]+")


def keyword(text: str) -> Keyword | None:
    """The keyword that ``text`` is, whatever its case, accents and punctuation; ``None`` if it says anything else."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return _WORDS.get(_NOISE.sub(" ", bare).strip())
