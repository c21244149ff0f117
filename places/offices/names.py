"""The words of an office's name that are its own, under which it is indexed. Pure.

What its kind is called ("médiathèque"), its commune and little words are left out: by those an office is found already.
"""

import re
from functools import cache
from pathlib import Path

from core.yaml_text import load as load_yaml
from places.offices.kinds import kinds
from places.words import key_of

_FILE = Path(__file__).with_name("names.yml")
_LEAST = 4  # letters of a word that may lose its plural


def stem_of(word: str) -> str:
    """Returns a folded word without the ending of a plural: citizens write "association" and "associations" alike."""
    return word[:-1] if len(word) >= _LEAST and word[-1] in "sx" else word


@cache
def name_list(name: str) -> frozenset[str]:
    """Returns the list of words called ``name`` in ``names.yml``."""
    lists: dict[str, list[str]] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return frozenset(stem_of(word) for word in lists[name])


def words_of_name(name: str, kind: str, commune_name: str) -> tuple[str, ...]:
    """Returns the own words of an office's name in their order, each once; none where kind and commune say all of it."""
    folded = key_of(name)
    if kind in kinds():
        folded = kinds()[kind].pattern.sub(" ", folded)
    left_out = name_list("joining") | name_list("small") | place_words(commune_name)
    words = (stem_of(word) for word in re.findall(r"\w+", folded))
    return tuple(dict.fromkeys(word for word in words if word not in left_out))


def place_words(commune_name: str) -> frozenset[str]:
    """Returns the words of a commune's name, which may stand beside an office's."""
    return frozenset(map(stem_of, key_of(commune_name).split()))
