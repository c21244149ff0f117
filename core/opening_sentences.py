"""The sentences of a page that are known by their first words: those that open it, and those that answer a question."""

import re
from functools import lru_cache

from core.entry import Entry, SameEntry, passages
from core.text.markdown import plain

_LIST_MARK = re.compile(r"(?:[-*]|\d+\.)\s+")
_FIGURE = re.compile(r"\d+(?:[ .,]\d+)*")


def plain_words(sentence: str) -> str:
    """Returns ``sentence`` (without Markdown marks) as first words are compared: no list mark, single spaces."""
    text = " ".join(sentence.split())
    while mark := _LIST_MARK.match(text):
        text = text[mark.end() :]
    return text


def begins_with(entry: Entry, sentence: str, words: str) -> bool:
    """Decides whether ``sentence`` of ``entry`` (as from ``plain_words``) is the one that is known by its first ``words``.

    Figures need not be the same where ``words`` are no longer in the page: an editor has changed an amount.
    """
    if sentence.startswith(words):
        return True
    return _without_figures(sentence).startswith(_without_figures(words)) and words not in _text_of(SameEntry(entry))


def opening_rank(entry: Entry, sentence: str) -> int | None:
    """Returns the rank (0 for the most useful one) of ``sentence`` among those that open ``entry``; ``None`` for any other.

    ``sentence`` is without Markdown marks, as from ``core.text.markdown.plain``.
    """
    if not entry.opening:
        return None
    text = plain_words(sentence)
    return next((rank for rank, words in enumerate(entry.opening) if begins_with(entry, text, words)), None)


def may_hold_opening(entry: Entry, markdown: str) -> bool:
    """Decides whether ``markdown`` has all first words (except figures) of a sentence that opens ``entry``."""
    return any(all(word in markdown for word in words.split() if not _FIGURE.search(word)) for words in entry.opening)


def in_page(entry: Entry, words: str) -> bool:
    """Decides whether the first ``words`` of a sentence, but for figures, are in ``entry``."""
    return _without_figures(words) in _FIGURE.sub("0", _text_of(SameEntry(entry)))


@lru_cache(maxsize=8192)
def _without_figures(words: str) -> str:
    return _FIGURE.sub("0", words)


@lru_cache(maxsize=64)
def _text_of(same: SameEntry) -> str:
    """Returns all sentences of the page, as first words are compared with them."""
    return "\n".join(plain_words(plain(passage.markdown, links=False)) for passage in passages(same.entry))
