"""The sentences of a page that answer most of its readers. An editor selects them among its sentences, by their first words."""

from __future__ import annotations

import re

from core.entry import Entry

_LIST_MARK = re.compile(r"(?:[-*]|\d+\.)\s+")


def plain_words(sentence: str) -> str:
    """Returns ``sentence`` (without Markdown marks) as first words are compared: no list mark, single spaces."""
    text = " ".join(sentence.split())
    while mark := _LIST_MARK.match(text):
        text = text[mark.end() :]
    return text


def opening_rank(entry: Entry, sentence: str) -> int | None:
    """Returns the rank (0 for the most useful one) of ``sentence`` among those that open ``entry``; ``None`` for any other.

    ``sentence`` is without Markdown marks, as from ``core.text.markdown.plain``.
    """
    if not entry.opening:
        return None
    text = plain_words(sentence)
    return next((rank for rank, words in enumerate(entry.opening) if text.startswith(words)), None)


def may_hold_opening(entry: Entry, markdown: str) -> bool:
    """Decides whether ``markdown`` may contain a sentence that opens ``entry``: all its first words are in it."""
    return any(all(word in markdown for word in words.split()) for words in entry.opening)
