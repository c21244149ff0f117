"""A citizen's text, made safe for Rasa."""

import re
import unicodedata

from core.text.folding import compatible

# U+2215 looks like a slash, is no command prefix for Rasa, and is not changed by NFKC.
DIVISION_SLASH = "\u2215"
# spaCy removes punctuation from a word one by one, and scans the rest each time: 2,000 of them blocked Rasa for half a second.
_MANY_MARKS = re.compile(r"((?:[^\w\s]|_){12})(?:[^\w\s]|_)++")


def neutralise(text: str) -> str:
    """Returns ``text`` in NFKC, without invisible characters in front, and never starting with Rasa's command prefix.

    Rasa strips a message and reads ``/restart`` or ``/choose{...}`` at its start as a command. NFKC turns the fullwidth slash
    into a plain one first. White space, control, format (zero-width, bidirectional) and combining characters in front are
    dropped, and all but the first dozen of consecutive marks. The slash itself stays readable for the action that searches the
    text. May return an empty string.
    """
    composed = compatible(text.encode("utf-8", "replace").decode("utf-8"))
    start = 0
    while start < len(composed) and _invisible(composed[start]):
        start += 1
    visible = _MANY_MARKS.sub(r"\1", composed[start:]).rstrip()
    return DIVISION_SLASH + visible[1:] if visible.startswith("/") else visible


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "CZM"
