"""Places that citizens name, as numbers of departments or as parts of the world."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from core.text.alternatives import longest_of
from core.yaml_text import table

AREA, COUNTRY = "area", "country"
# Lists of countries in the file → the parts of the world that each may be. Switzerland is Europe only on some pages.
_PARTS = {
    "eu": frozenset({"eu"}),
    "europe": frozenset({"europe"}),
    "beside": frozenset({"europe", "world"}),
    "world": frozenset({"world"}),
}
_FILE = Path(__file__).with_name("places.yml")
_NUMBER = re.compile(r"\((\d{2,3}|2[ab])\)")
_PREPOSITION = r"(?<!\w)(?:dans|en|au|du|de|le|la|l'|a)\s*(?:le |la |l')?"


def places(text: str, *, anywhere: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the departments (as numbers) and the parts of the world (``eu``, ``europe``, ``world``) that folded ``text``
    names.

    ``anywhere``: a place counts without a preposition before it ("Lyon"), as in the label of a case.
    """
    if anywhere and (numbers := _NUMBER.findall(text)):
        return frozenset(number.upper() for number in numbers), frozenset()
    if "metropole" in text.split():
        return _all_departments() - _departments_of("outre-mer"), frozenset()
    areas: set[str] = set()
    for pattern, numbers_of in _tables(anywhere=anywhere):
        for name in pattern.findall(text):
            areas.update(numbers_of[name])
    pattern, meant = _countries(anywhere=anywhere)
    return frozenset(areas), frozenset().union(*(meant[name] for name in pattern.findall(text)))


def countries_named(text: str) -> frozenset[str]:
    """Returns the countries that folded ``text`` names, also by the cities that stand for them."""
    return frozenset(_countries(anywhere=True)[0].findall(text))


def without_places(text: str) -> str:
    """Returns folded ``text`` without the places that ``places`` finds in a message."""
    for pattern, _ in (*_tables(anywhere=False), _countries(anywhere=False)):
        text = pattern.sub(" ", text)
    return text


@cache
def _tables(*, anywhere: bool) -> tuple[tuple[re.Pattern[str], dict[str, frozenset[str]]], ...]:
    file = table(_FILE)
    plain: dict[str, frozenset[str]] = {name: frozenset(numbers) for name, numbers in file["regions"].items()}
    plain |= {name: frozenset({number}) for kind in ("departments", "cities") for name, number in file[kind].items()}
    cautious = {name: frozenset({number}) for name, number in file["cautious"].items()}
    exact = rf"(?:^|{_PREPOSITION})({longest_of(cautious)})(?![\w'-])(?! de| en| du)"
    return (_pattern(plain, anywhere=anywhere), plain), (re.compile(exact), cautious)


@cache
def _countries(*, anywhere: bool) -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    parts = {name: meant for part, meant in _PARTS.items() for name in table(_FILE)[part]}
    return _pattern(parts, anywhere=anywhere), parts


def _pattern(names: dict[str, Any], *, anywhere: bool) -> re.Pattern[str]:
    before = (
        ""
        if anywhere
        else r"(?:^|(?:\b(?:a|au|aux|en|dans|de|du|depuis|sur|in|from|at|em|no|na)|,)\s+(?:le |la |les |l')?|\bd'|\bl')"
    )
    return re.compile(rf"{before}(?<![\w-])({longest_of(names)})(?![\w-])")


@cache
def _all_departments() -> frozenset[str]:
    file = table(_FILE)
    return frozenset([*file["departments"].values(), *file["cautious"].values(), *file["cities"].values()])


def _departments_of(region: str) -> frozenset[str]:
    return frozenset(table(_FILE)["regions"][region])
