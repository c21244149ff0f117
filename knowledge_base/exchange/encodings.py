"""The text of a file that does not say how it is encoded, and whether its accents survived what happened to it before."""

from __future__ import annotations

import re

from knowledge_base.errors import Reason

# What spreadsheets write, the likeliest first: of two that fit, the one that finds more of a text's usual letters is taken.
_ENCODINGS = ("utf-8-sig", "cp1252", "mac_roman")
_ENOUGH = 0.7  # of what is no plain letter, by which a Mac's text is told
_USUAL = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆ«»’‘“”–—…€°²³½•ñáíóúÑß\xa0")
# UTF-8 that was read as Windows-1252 and written again, and letters that were lost for good.
_BROKEN = re.compile("Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ]|â€[\x80-\x9f™œ\x9d“”˜¢¦]|Â[«»°²\xa0]|\ufffd")


def decoded(raw: bytes) -> str | None:
    """Returns the text of ``raw``; ``None`` where it is in no encoding that is known."""
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
        # Every byte is a letter to a Mac: what makes no text of it is not its.
        if encoding != "mac_roman" or _usual(text) > _ENOUGH:
            found.append(text)
    return max(found, key=_usual, default=None)


def broken(text: str) -> str:
    """Returns the first signs in ``text`` that stand where an accented letter was; empty where there are none."""
    return match[0] if (match := _BROKEN.search(text)) else ""


def lost_accents(odd: str) -> Reason:
    """Why a text is refused in which ``odd`` stands instead of a letter."""
    return Reason(
        f"ses accents sont perdus (« {odd} ») : repartez du fichier d'origine, enregistré en .xlsx ou en « CSV UTF-8 »",
        f"its accents are lost ('{odd}'): start from the original file, saved as .xlsx or as 'CSV UTF-8'",
    )


def control(one: str) -> bool:
    """Decides whether a character is one that no text has."""
    return (one < " " and one not in "\t\r\n\v\f") or one == "\x7f" or "\x80" <= one <= "\x9f"


def _utf16(raw: bytes) -> str | None:
    """With its mark, or known by its every other byte, which is zero in a Latin text."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    zeros = raw[:40:2].count(0), raw[1:40:2].count(0)
    if len(raw) >= 40 and max(zeros) > 10 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None


def _usual(text: str) -> float:
    odd = sum(one > "\x7f" for one in text)
    return sum(one in _USUAL for one in text) / odd if odd else 0
