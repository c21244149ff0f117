"""The text of an SMS: alphabet, length, segments (3GPP TS 23.038 and 23.040). Pure functions.

A message in the GSM 7-bit alphabet holds 160 septets, or 153 in each segment of a longer one; any other character makes the
whole message UCS-2: 70 code units, or 67 in each segment. Characters of the extension table take two septets. Neither such a
pair nor a surrogate pair is ever split between two segments, which may leave a unit unused at a segment's end.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.text.folding import unaccented

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
BASIC = frozenset(_BASIC)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM7_CHARACTERS = BASIC | EXTENSION

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

# Typography with the same meaning in the GSM alphabet.
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ´`", "'"),
        **dict.fromkeys("«»“”„‟″", '"'),
        "‹": "<",
        "›": ">",  # between a page and its parts
        **dict.fromkeys("‐‑‒–—―−•‣·", "-"),
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", None),
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "°": "o",
        "º": "o",
        "ª": "a",
        "²": "2",
        "³": "3",
        "¹": "1",
        "×": "x",
        "→": "->",
        "⇒": "=>",
        "≤": "<=",
        "≥": ">=",
        "⩽": "<=",
        "⩾": ">=",
        "≈": "~",
        "±": "+/-",
        "\u2044": "/",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)
_QUOTED = re.compile(r"«[^\S\n]*|[^\S\n]*»")  # French quotation marks have a space inside, straight ones do not

# Letters that Unicode does not decompose.
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ẞ": "SS"}
)


class Encoding(StrEnum):
    """The encoding of an SMS."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


_ONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}  # units of a message that is one segment
_MANY = {Encoding.GSM7: 153, Encoding.UCS2: 67}  # units of each segment of a longer message: the header takes the rest


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a text: ``units`` are septets (GSM-7) or UTF-16 code units (UCS-2), ``segments`` is the number to pay for."""

    encoding: Encoding
    units: int
    segments: int


def prepare(text: str, *, keep_accents: bool = False) -> str:
    """Returns ``text`` as it is sent: in the GSM alphabet if only typography prevents that.

    Accents outside that alphabet (``ê``, ``ç``, ``î``) are dropped where this saves a segment, never with ``keep_accents``;
    those inside it (``é``, ``è``, ``à``, ``ù``) stay. A text with other characters (Arabic, Ukrainian, an emoji) stays as it
    was written: nothing is ever lost or turned into a question mark.
    """
    written = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    plain = _QUOTED.sub('"', written).translate(_TYPOGRAPHY)
    if is_gsm7(plain):
        return plain
    if not keep_accents:
        bare = "".join(_without_accent(character) for character in plain)
        if is_gsm7(bare):
            return bare if segments(bare) < segments(plain) else plain
    return written


def is_gsm7(text: str) -> bool:
    """Decides whether the GSM alphabet holds all of ``text``."""
    return GSM7_CHARACTERS.issuperset(text)


def encoding_of(text: str) -> Encoding:
    """Returns the cheaper encoding that holds ``text`` unchanged."""
    return Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2


def measure(text: str) -> Measure:
    """Returns encoding, length and segments of the unchanged ``text``. An empty text is one (empty) segment."""
    encoding = encoding_of(text)
    widths = [_width(character, encoding) for character in text]
    return Measure(encoding, sum(widths), len(_starts(widths, encoding)))


def segments(text: str) -> int:
    """Returns how many segments the unchanged ``text`` takes: at least 1."""
    return measure(text).segments


def split(text: str) -> tuple[str, ...]:
    """Returns the segments in which ``text`` is sent; joined, they are ``text``."""
    encoding = encoding_of(text)
    starts = _starts([_width(character, encoding) for character in text], encoding)
    ends = [*starts[1:], len(text)]
    return tuple(text[start:end] for start, end in zip(starts, ends, strict=True))


def _width(character: str, encoding: Encoding) -> int:
    wide = character in EXTENSION if encoding is Encoding.GSM7 else ord(character) > 0xFFFF
    return 2 if wide else 1


def _starts(widths: list[int], encoding: Encoding) -> list[int]:
    if sum(widths) <= _ONE[encoding]:
        return [0]
    return list(_packed(widths, _MANY[encoding]))


def _packed(widths: list[int], capacity: int) -> Iterator[int]:
    yield 0
    used = 0
    for index, width in enumerate(widths):
        if used + width > capacity:
            yield index
            used = 0
        used += width


@lru_cache(maxsize=4096)
def _without_accent(character: str) -> str:
    if character in GSM7_CHARACTERS:
        return character
    bare = unaccented(character.translate(_LETTERS), "NFKD").translate(_TYPOGRAPHY)
    return bare if bare and is_gsm7(bare) else character
