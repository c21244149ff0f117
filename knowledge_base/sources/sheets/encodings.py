"""The text of a file without a declared encoding, and a check that its accents are intact."""

import re

from knowledge_base.errors import Reason, sentence

# Encodings of spreadsheets, the likeliest first. If two fit, the one with more of the usual letters is taken.
_ENCODINGS = ("utf-8-sig", "cp1252", "mac_roman")
_ENOUGH = 0.7  # share of usual letters among those outside ASCII, by which a Mac's text is recognised
_USUAL = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆ«»’‘“”–—…€°²³½•ñáíóúÑß\xa0")
# UTF-8 that was read as Windows-1252 and written again, and letters that are lost for good.
_BROKEN = re.compile("Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ]|â€[\x80-\x9f™œ\x9d“”˜¢¦]|Â[«»°²\xa0]|\ufffd")


def decoded(raw: bytes) -> str | None:
    """Returns the text of ``raw``; ``None`` if its encoding is unknown."""
    if (wide := _utf16(raw)) is not None:
        try:
            return raw.decode(wide).removeprefix("\ufeff")
        except UnicodeError:
            return None
    found: list[str] = []
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        if encoding == "utf-8-sig":
            return text
        # In a Mac encoding every byte is a letter, so the result must also look like text.
        if encoding != "mac_roman" or _usual(text) > _ENOUGH:
            found.append(text)
    return max(found, key=_usual, default=None)


def broken(text: str) -> str:
    """Returns the first characters in ``text`` that replace an accented letter; empty if there are none."""
    return match[0] if (match := _BROKEN.search(text)) else ""


def lost_accents(odd: str) -> Reason:
    """Returns why a text with ``odd`` instead of a letter is refused."""
    return Reason(*sentence("accents_lost", odd=odd))


def control(one: str) -> bool:
    """Decides whether a character is a control character, which no text has."""
    return (one < " " and one not in "\t\r\n\v\f") or one == "\x7f" or "\x80" <= one <= "\x9f"


def _utf16(raw: bytes) -> str | None:
    """Returns the UTF-16 encoding of ``raw``, by its byte order mark or its zero bytes (every second one); else ``None``."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    zeros = raw[:40:2].count(0), raw[1:40:2].count(0)
    if len(raw) >= 40 and max(zeros) > 10 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None


def _usual(text: str) -> float:
    odd = sum(one > "\x7f" for one in text)
    return sum(one in _USUAL for one in text) / odd if odd else 0
