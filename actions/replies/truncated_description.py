"""Descriptions, which their source writes for search engines and sometimes truncates.

They are shown up to their last whole sentence, and only if a page has no text that holds for everyone. service-public.fr
keeps about 150 characters of a description; of 3,371, 198 end without a full stop.
"""

import re
from pathlib import Path

from core.entry import Entry, passages
from core.yaml_text import load as load_yaml

_ENDS = re.compile(r"[.!?…][)\]»”\"'\s]*\Z")
_SENTENCE = re.compile(r"(\w*)[.!?…]+[)»]?(?=\s+(.))")
_ABBREVIATIONS = frozenset({"etc", "cf", "ex", "art", "mme", "max", "min", "m", "n", "p"})
_DONE_WHAT = re.compile(r"\bpour \w+(?:er|ir|re)\Z")  # "pour déclarer": the object is missing
_OPEN_MARKS = (",", ";", ":", "(", "+", "*", "=", "/", "-", "–", "'", "’")
_LAST_WORD = re.compile(r"(?:\A|[\s'’])(\w+)\W*\Z")
_OPEN_WORDS = frozenset(load_yaml((Path(__file__).parent / "open_words.yml").read_text(encoding="utf-8"))["open"].split())
_FEW_WORDS = 2  # after a whole sentence: "Le calcul"


def whole(text: str) -> str:
    """Returns ``text``, or if it is truncated, its part up to the last whole sentence; empty if no sentence is whole."""
    text = text.strip()
    if not text or _ENDS.search(text):
        return text
    end = 0
    for stop in _SENTENCE.finditer(text):
        is_abbreviation = stop[1].lower() in _ABBREVIATIONS or stop[0].endswith("..)")
        if stop[2].isupper() or not is_abbreviation:
            end = stop.end()
    if not _breaks_off(text) and not (end and len(text[end:].split()) <= _FEW_WORDS):
        return text
    only_asks = text[:end].endswith("?") and not re.search(r"[.!…]\s", text[:end])
    return "" if only_asks else text[:end]


def is_description(entry: Entry, order: int) -> bool:
    """Decides whether passage number ``order`` of ``entry`` is its description."""
    return order == 0 and not (entry.short_answer or entry.introduction) and bool(entry.description)


def is_broken(entry: Entry, order: int) -> bool:
    """Decides whether passage number ``order`` is a description without one whole sentence: it is never shown above cases."""
    return is_description(entry, order) and not whole(entry.description)


def stand_in(entry: Entry, order: int) -> int:
    """Returns the passage to show for number ``order``: for a description the next one, if that holds for everyone.

    A description is written for search engines: it summarizes or breaks off, and never answers better than the page.
    """
    found = passages(entry)
    return order + 1 if is_description(entry, order) and len(found) > 1 and not found[1].cases else order


def shown(entry: Entry, order: int) -> str:
    """Returns the text of passage number ``order`` as citizens see it. A description without an end gets an ellipsis."""
    text = passages(entry)[order].markdown
    if not is_description(entry, order):
        return text
    sentences = whole(text)
    return sentences if _ENDS.search(sentences) else broken_off(sentences or text)


def broken_off(text: str) -> str:
    """Returns ``text`` with an ellipsis, because no sentence of it is whole."""
    return f"{text.rstrip(' ,;:')}…"


def _breaks_off(text: str) -> bool:
    last = _LAST_WORD.search(text)
    open_word = last is not None and last[1].lower() in _OPEN_WORDS
    return open_word or _DONE_WHAT.search(text) is not None or text.endswith(_OPEN_MARKS) or text.count("(") > text.count(")")
