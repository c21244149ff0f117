"""A text for staff that is kept in French and English at once, since nobody knows yet who will read it."""

from __future__ import annotations

_BETWEEN = "\n\n"  # neither text has an empty line


def kept(french: str, english: str) -> str:
    """Both in one text. Raises ``ValueError`` where one has an empty line: the two could not be told apart again."""
    if _BETWEEN in french or _BETWEEN in english:
        raise ValueError("a text that is kept in two languages has no empty line")
    return french + _BETWEEN + english


def read(text: str, language: str) -> str:
    """Returns the one of ``language`` (French: ``fr``; all others read English) of a text that was ``kept``."""
    french, _, english = text.partition(_BETWEEN)
    return french if language == "fr" else english or french
