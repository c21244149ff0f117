"""Circumstances of few people ("vous êtes incarcéré"): parts of a page for them are for others, unless somebody names one."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from actions.situation.denied_words import without_denied
from actions.situation.reading import flat
from core.yaml_text import table

_FILE = Path(__file__).with_name("special_circumstances.yml")
_NOT_EMPLOYED = re.compile(r"\bnon[- ]salari\w+")


def circumstances(text: str) -> frozenset[str]:
    """Returns the circumstances of few people that ``text`` names and does not deny."""
    folded = without_denied(_NOT_EMPLOYED.sub("independant", flat(text)))
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(folded))


@lru_cache(maxsize=4096)
def demanded_circumstances(label: str) -> frozenset[str]:
    """Returns the ``circumstances`` of a heading or case. Cached: labels are few and belong to the pages."""
    return circumstances(label)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{'|'.join(words)})") for name, words in table(_FILE).items()}
