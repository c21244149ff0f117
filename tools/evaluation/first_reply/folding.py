"""Text folded to its words, so that a fact is found in the page, the card and the SMS, independent of their format."""

from __future__ import annotations

import re

from core.text.folding import unaccented

_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)|\s*\(https?://[^)\s]*\)")  # the label stays
_ADDED_DATE = re.compile(r"\s*\(au (?:\d\d/\d\d/\d{4}|\d{1,2}(?:er)? \w+ \d{4})\)")  # "(au 1er janvier 2026)"
_LIST_MARK = re.compile(r"^\s*[-*•]\s+", re.MULTILINE)
_SIGNS = str.maketrans(
    {
        "’": "'",
        "œ": "oe",
        "…": "...",
        **dict.fromkeys("–—\u2011", "-"),
        **dict.fromkeys('«»“”"', " "),
    }
)


def folded(text: str) -> str:
    """Returns ``text`` without case, accents, links, list marks, added dates, typographic signs and repeated spaces."""
    text = _LINK.sub(r"\1", text)
    text = _ADDED_DATE.sub("", text)
    text = _LIST_MARK.sub("", text).replace("**", "")
    return " ".join(unaccented(text.casefold()).translate(_SIGNS).split())


def states(text: str, fact: str) -> bool:
    """Decides whether ``fact`` occurs in ``text`` (both folded), and not inside a longer number."""
    return re.search(rf"(?<!\d){re.escape(fact)}(?!\d)", text) is not None
