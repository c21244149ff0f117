"""Text as the classifiers compare it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """``text`` in lower case, without accents, with straight apostrophes."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
