"""A short message with SMS writing expanded and polite words removed. Pure."""

import re
from functools import cache
from pathlib import Path

from actions.situation.reading import flat
from core.yaml_text import table

_FILE = Path(__file__).with_name("plain_words.yml")
_MOST = 50  # times that one spelling is expanded: a text of nothing else would become three times as long


def plain(text: str) -> str:
    """Returns ``text``, folded: "bjr, sa coute cb svp" is "ca coute combien". If nothing else would remain, returns all folded
    words.
    """
    spelled = flat(text)
    if _any_to_spell().search(spelled):
        for meant, pattern in _spelled():
            spelled = pattern.sub(meant, spelled, count=_MOST)
    left = _around().sub(" ", spelled)
    words = " ".join(left.split()).strip(" ,.;:?!-¿¡؟")
    return words or spelled


def respelled(text: str) -> str:
    """Returns ``text`` as ``plain`` does if it has SMS writing, else unchanged: a search needs its accents."""
    return plain(text) if _any_to_spell().search(flat(text)) else text


@cache
def _spelled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((meant, _word(pattern)) for meant, pattern in table(_FILE)["spelled"])


@cache
def _any_to_spell() -> re.Pattern[str]:
    """Returns one expression for all of them: most messages have none, and one search takes a fifth of separate ones."""
    return _word("|".join(f"(?:{pattern})" for _, pattern in table(_FILE)["spelled"]))


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-])(?:{pattern})(?![\w'])")


@cache
def _around() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table(_FILE)['around'])})(?!\w)")
