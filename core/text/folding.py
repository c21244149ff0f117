"""Text without accents, as many people write it. The only module that removes accents; Rasa loads it too (Python 3.11)."""

from __future__ import annotations

import unicodedata
from typing import Literal

Form = Literal["NFD", "NFKD"]


def unaccented(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` without accents and other marks on its letters.

    With ``NFKD``, full-width letters and ligatures also become plain letters ("ﬁ" is "fi"; "œ" stays).
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize(form, text)
    for character in set(decomposed):  # few accents in many letters: a quarter of the time
        if unicodedata.combining(character):
            decomposed = decomposed.replace(character, "")
    return decomposed


def fold(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` in lower case, with straight apostrophes and without accents."""
    return unaccented(text.lower().replace("’", "'"), form)
