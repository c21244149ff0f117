"""A passage made short enough to be read on a telephone."""

from __future__ import annotations

import re
from contextvars import ContextVar

MAX_CHARS = 1100  # about two screens of a telephone, card included
SMS_CHARS = 6000  # by SMS it is read part by part (SUITE), and a basic telephone opens no link

# The room of the card that is being made: that of the channel of the turn under way.
ROOM: ContextVar[int] = ContextVar("card_room", default=MAX_CHARS)

_BLANK_LINES = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"(?:[-*] |\d+\. )")
_ANNOUNCES = re.compile(r":\s*\Z|\A\*\*[^*]+\*\*\Z")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def shorten(markdown: str, limit: int = MAX_CHARS) -> tuple[str, bool]:
    """As much of ``markdown`` as fits into ``limit`` characters, and whether something was left out.

    It is cut between paragraphs, list items or table rows; between sentences where the first paragraph alone is too long.
    A line that announces what follows ("Il faut :", a case's label in bold) is not left at the end by itself. A first
    sentence longer than the limit is kept whole.
    """
    text = markdown.strip()
    if len(text) <= limit:
        return text, False
    kept: list[str] = []
    size = 0
    for paragraph in _BLANK_LINES.split(text):
        if size + len(paragraph) <= limit:
            kept.append(paragraph)
            size += len(paragraph) + 2
            continue
        part = _part(paragraph, limit - size, first=not kept)
        if part:
            kept.append(part)
        break
    while len(kept) > 1 and _ANNOUNCES.search(kept[-1]):
        kept.pop()
    return "\n\n".join(kept), True


def _part(paragraph: str, room: int, *, first: bool) -> str:
    """The beginning of ``paragraph`` that fits into ``room``; at least its first piece if it opens the passage."""
    if paragraph.startswith("|"):
        rows = paragraph.split("\n")
        pieces, glue = ["\n".join(rows[:3]), *rows[3:]], "\n"  # a heading row says nothing without a row under it
    elif _ITEM.match(paragraph):
        pieces, glue = _items(paragraph), "\n"
    elif first:
        pieces, glue = _SENTENCE_END.split(paragraph), " "
    else:
        return ""
    taken: list[str] = []
    for piece in pieces:
        if sum(len(one) + len(glue) for one in taken) + len(piece) > room and not (first and not taken):
            break
        taken.append(piece)
    return glue.join(taken)


def _items(paragraph: str) -> list[str]:
    """The list's outermost items, each with the lines that belong to it."""
    items: list[str] = []
    for line in paragraph.split("\n"):
        if _ITEM.match(line) or not items:
            items.append(line)
        else:
            items[-1] += f"\n{line}"
    return items
