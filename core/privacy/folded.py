"""A copy of a text for searching, with plain digits, letters, spaces and dashes instead of all similar characters."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# All characters that change. "•••" is a mask; one such sign alone may separate groups of digits.
_OTHER = re.compile(r"\s\s+|[^ -~À-ÖØ-öø-ÿœŒ’«»€°•…]|(?<!•)•(?!•)")
_MOST = 4  # characters that one may become: Unicode has one that becomes eighteen
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded ``text``, and the position of each piece of it in the original.

    ``starts`` and ``origins``: positions in ``text`` and in the original from which both run in parallel, in order.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Returns the position of ``text[start:end]`` (not empty) in the original, with the marks on its last character."""
        return self._place(start), max(self._place(end), self._place(end - 1) + 1)

    def _place(self, at: int) -> int:
        piece = bisect_right(self.starts, at) - 1
        place = self.origins[piece] + at - self.starts[piece]
        # Several characters that replace one all have its position.
        return min(place, self.origins[piece + 1] - 1) if piece + 1 < len(self.origins) else place


def folded(text: str) -> Folded:
    """Returns ``text`` in compatibility form (NFKC, character by character) without marks on letters and digits.

    Digits of every script become 0 to 9 and dashes become hyphens; a run of white space becomes one space, or one end of line
    if it holds any.
    """
    pieces: list[str] = []
    starts, origins = [0], [0]
    done = length = 0
    for found in _OTHER.finditer(text):
        start, end = found.span()
        piece = _folded(found.group()) if end - start == 1 else _space(found.group())
        pieces += (text[done:start], piece)
        length += start - done + len(piece)
        done = end
        if len(piece) != end - start:
            starts.append(length)
            origins.append(done)
    if not done:
        return Folded(text)
    pieces.append(text[done:])
    return Folded("".join(pieces), tuple(starts), tuple(origins))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if character.isspace():
        return _space(character)
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    if character == "•":
        return "·"
    if category in {"Mn", "Me", "Cf"}:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) <= _MOST else character


def _space(run: str) -> str:
    return " " if _LINE_ENDS.isdisjoint(run) else "\n"
