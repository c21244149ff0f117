"""Text as people write who leave accents out. The one place that takes accents off; Rasa loads it, too (Python 3.11)."""

from __future__ import annotations

import unicodedata
from typing import Literal

Form = Literal["NFD", "NFKD"]


def unaccented(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` without accents and other marks on its letters.

    By ``NFKD`` also with plain letters for full-width ones, ligatures and such ("ﬁ" is "fi"; "œ" stays).
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize(form, text)
    for character in set(decomposed):  # a text has many letters, but few accents: a quarter of the time of looking at each
        if unicodedata.combining(character):
            decomposed = decomposed.replace(character, "")
    return decomposed


def fold(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` in lower case, with straight apostrophes and without accents."""
    return unaccented(text.lower().replace("’", "'"), form)
