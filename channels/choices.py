"""Choices as numbers: what "2" by SMS means depends on what was offered last."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# "2", "2.", "(2)", "n°2", "le 2", "choix 2", "option 2", "2 svp": and nothing else around it.
_NUMBER = re.compile(
    r"(?:je (?:veux|prends|choisis)\s+)?(?:le|la|n°|no|num[ée]ro|choix|option|number|r[ée]ponse)?"
    r"\s*[(\[]?\s*(\d{1,2})\s*[)\].!]*\s*(?:svp|stp|s'il vous pla[iî]t|merci|please)?\s*[.!]*",
    re.IGNORECASE,
)


def chosen(text: str, offered: Sequence[str] | None) -> str | None:
    """The payload that ``text`` picks from ``offered`` (number 1 first), or ``None`` if it picks none of them."""
    if not offered:
        return None
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = int(found[1]) if found else 0
    return offered[number - 1] if 1 <= number <= len(offered) else None
