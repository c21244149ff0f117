"""What a citizen typed, made safe to hand to Rasa."""

from __future__ import annotations

import re
import unicodedata

# U+2215 looks like a slash to people, is no command prefix to Rasa, and is left alone by NFKC.
DIVISION_SLASH = "\u2215"
# spaCy takes marks off a word one by one, and looks at all of the rest each time: 2,000 of them held Rasa for half a second.
_MANY_MARKS = re.compile(r"((?:[^\w\s]|_){12})(?:[^\w\s]|_)++")


def neutralise(text: str) -> str:
    """``text`` in NFKC, without anything invisible in front, and never starting with Rasa's command prefix.

    Rasa strips a message and reads ``/restart`` or ``/choose{...}`` at its start as a command. NFKC turns the fullwidth
    slash into a plain one first; white space, control, format (zero-width, bidirectional) and combining characters in front
    are dropped, and of a row of marks all but the first dozen. The slash itself stays readable for the action that searches
    the text. May return an empty string.
    """
    composed = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    start = 0
    while start < len(composed) and _invisible(composed[start]):
        start += 1
    visible = _MANY_MARKS.sub(r"\1", composed[start:]).rstrip()
    return DIVISION_SLASH + visible[1:] if visible.startswith("/") else visible


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "CZM"
