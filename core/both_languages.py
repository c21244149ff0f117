"""A text for staff in French and English at once, because its reader is not known yet."""

_BETWEEN = "\n\n"  # neither text has an empty line


def join(french: str, english: str) -> str:
    """Returns both texts as one. Raises ``ValueError`` if one has an empty line: the two could not be separated again."""
    if _BETWEEN in french or _BETWEEN in english:
        raise ValueError("a text in two languages has no empty line")
    return french + _BETWEEN + english


def part_in(text: str, language: str) -> str:
    """Returns the part in ``language`` (French for ``fr``, English for all others) of a text that ``join`` made."""
    french, _, english = text.partition(_BETWEEN)
    return french if language == "fr" else english or french
