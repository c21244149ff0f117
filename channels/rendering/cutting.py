"""Cutting a text between two words, at the end of a sentence if that costs little. Pure."""

import re
from collections.abc import Callable

_SENTENCE_END = re.compile(r"[.!?…:;](?=\s)|\n")
_WORD = re.compile("(?:\\S|[\u00a0\u202f])+")  # a non-breaking space joins its words into one
_OPENING = " \n\u00a0\u202f«“("  # belongs to what follows
_KEPT_SHARE = 0.7  # a cut moves back to the end of a sentence if at least this share remains
ELLIPSIS = "…"


def cut(text: str, fits: Callable[[str], bool]) -> tuple[str, str]:
    """Returns the longest beginning of ``text`` that ``fits``, with an ellipsis unless a sentence ends there; and the rest.

    Returns ``("", text)`` if not one word fits. If ``fits`` is true for a text, it must be true for every beginning of it.
    """
    ends = [match.end() for match in _WORD.finditer(text)]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[: ends[middle - 1]] + ELLIPSIS):
            low = middle
        else:
            high = middle - 1
    if not low:
        return "", text
    kept = text[: ends[low - 1]].rstrip(_OPENING)
    sentences = [match.start() + 1 for match in _SENTENCE_END.finditer(kept + " ")]
    if sentences and sentences[-1] >= _KEPT_SHARE * len(kept):
        kept = kept[: sentences[-1]].rstrip()
    rest = text[len(kept) :].lstrip()
    return kept.rstrip(" ,;:-\n") + ("" if kept.endswith((".", "!", "?", ELLIPSIS)) else ELLIPSIS), rest
