"""Text as people write who leave accents out."""

from __future__ import annotations

import unicodedata
from typing import Literal


def unaccented(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """``text`` without accents and other marks on its letters; by ``NFKD`` also with plain letters for full-width and such."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize(form, text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
