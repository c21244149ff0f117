"""Circumstances of few people ("vous êtes incarcéré"): parts of a page for them are for others, unless somebody names one."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from actions.situation.denied_words import without_denied
from actions.situation.reading import flat
from core.yaml_text import table

_FILE = Path(__file__).with_name("special_circumstances.yml")
_PAST = "past"  # what happened before a year: laws change, and few still ask about the one before
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BEFORE_YEAR = re.compile(r"\b(?:avant|jusqu'(?:en|au))\b.{0,25}\b(?:19|20)\d\d\b")
_BORN = re.compile(r"\bne(?:e|s|es)?\b")  # a year of birth is no past event: every age has one
_NOT_EMPLOYED = re.compile(r"\bnon[- ]salari\w+")


def circumstances(text: str) -> frozenset[str]:
    """Returns the circumstances of few people that ``text`` names and does not deny. A message with a year may be about any
    past event.
    """
    folded = without_denied(_NOT_EMPLOYED.sub("independant", flat(text)))
    found = frozenset(name for name, pattern in _patterns().items() if pattern.search(folded))
    return found | {_PAST} if _YEAR.search(folded) else found


@lru_cache(maxsize=4096)
def demanded_circumstances(label: str) -> frozenset[str]:
    """Returns the ``circumstances`` of a heading or case. Cached: labels are few and belong to the pages."""
    folded = flat(label)
    is_past = _BEFORE_YEAR.search(folded) is not None and _BORN.search(folded) is None
    return circumstances(label) - {_PAST} | ({_PAST} if is_past else frozenset())


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{'|'.join(words)})") for name, words in table(_FILE).items()}
