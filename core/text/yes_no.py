"""Messages that only say yes or no. Pure.

Within the call-back form a yes may begin a longer message: ``actions/messages/call_back_words.yml``.
"""

import re

from core.text.folding import unaccented

_APART = str.maketrans("’'-", "   ")
_POLITE = r"(?:\W+(?:svp|stp|s il vous plait|merci|please|por favor|gracias))?\W*"
_YES = re.compile(
    r"(?:oui|ok|d accord|c est (?:ca|bon|le bon|mon numero)|exact|envoye[rz]?(?: le)?|yes|correct|send(?: it)?|si|نعم)"
    + _POLITE
)
_NO = re.compile(
    rf"(?:non|no|annule[rz]?|laisse[rz]? tomber|pas la peine|stop|cancel|never mind|n envoye[rz] (?:rien|pas)|لا){_POLITE}"
)
_BARE_YES = re.compile(r"(?:oui|yes) ?(?:svp|stp|merci|please)? ?[.!]*+", re.IGNORECASE)


def says_yes(text: str) -> bool:
    """Decides whether ``text`` agrees to what was asked: "oui", "c'est ça", "send it please"."""
    return bool(_YES.fullmatch(_plain(text)))


def says_no(text: str) -> bool:
    """Decides whether ``text`` declines what was asked: "non merci", "laissez tomber"."""
    return bool(_NO.fullmatch(_plain(text)))


def is_bare_yes(text: str) -> bool:
    """Decides whether ``text`` is "oui" or "yes". "ok" does not count: after choices it confirms that they were read."""
    return bool(_BARE_YES.fullmatch(text))


def _plain(text: str) -> str:
    return unaccented(text.casefold().translate(_APART)).strip()
