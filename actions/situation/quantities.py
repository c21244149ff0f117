"""Quantities with a unit: in messages ("depuis 2 ans", "700 €"), and as ranges in the labels of cases ("moins de 5 ans")."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import NamedTuple

from actions.situation.ages import SPAN_SAID, age_demanded
from actions.situation.reading import flat

_TIME, _YEAR = "time", "year"
_YEARS = r"ans?|annees?|years?"
# The unit in each dimension, by its forms in folded text.
_UNITS: dict[str, tuple[str, float]] = {
    _YEARS: (_TIME, 365.0),
    r"mois|moi|months?": (_TIME, 30.4),
    r"semaines?|weeks?": (_TIME, 7.0),
    r"jours?|days?": (_TIME, 1.0),
    r"heures?|hours?": (_TIME, 1 / 24),
    r"€|euros?|e|nets?|bruts?": ("money", 1.0),
    r"enfants?|children": ("children", 1.0),
    r"salaries?": ("employees", 1.0),
    r"personnes?": ("people", 1.0),
    r"m2|m²|metres? carres?": ("area", 1.0),
    r"kg|kilos?": ("weight", 1.0),
    r"tonnes?": ("weight", 1000.0),
    r"cm3|cm³": ("volume", 1.0),
    r"km/h": ("speed", 1.0),
    r"km|kilometres?": ("distance", 1.0),
}
_WORDS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_NUMBER = rf"(\d{{1,9}}(?: \d{{3}}){{0,2}}(?:[.,]\d{{1,3}})?|{'|'.join(_WORDS)}|une)"
_UNIT = rf"({'|'.join(_UNITS)})(?![\w/-])"
# "3 mois de loyer" is an amount of money, not a span of time.
_OF_MONEY = (
    r"(?! (?:de |d')(?:loyers?|cautions?|garanties?|depots?|charges|salaires?|paies?|payes?|pensions?|revenus?|factures?)\b)"
)
_SAID = re.compile(rf"(?<![\w,.]){_NUMBER}\s?{_UNIT}{_OF_MONEY}")
_BETWEEN = re.compile(rf"(?<!\w)(?:de|entre)\s{_NUMBER}(?:\s?{_UNIT})?\s(?:a|et)\s(?:moins de )?{_NUMBER}\s?{_UNIT}")
_OR_EQUAL = r"(?: ou egale?s?)?"
_BELOW = re.compile(
    rf"(?:moins (?:de|d')|inferieure?s?{_OR_EQUAL} a|jusqu'a|au plus|maximum|n'excede pas|≤)\s?{_NUMBER}\s?{_UNIT}"
)
_ABOVE = re.compile(
    rf"(?:plus (?:de|d')|\+ (?:de )?|superieure?s?{_OR_EQUAL} a|a partir de|au moins|au-dela de|minimum|[≥⩾](?: a)?)"
    rf"\s?{_NUMBER}\s?{_UNIT}"
)
_OR = re.compile(rf"{_NUMBER}\s?{_UNIT}\s(?:ou|et)\s(plus|moins)")
_CALENDAR_YEAR = re.compile(rf"(?<![\d.,/])(?:19|20)\d\d(?!\d| \d{{3}}|\s?(?:{'|'.join(_UNITS)})(?!\w))")
_UNTIL_YEAR, _FROM_YEAR = (
    re.compile(r"\b(?:avant|jusqu'|ou moins)"),
    re.compile(r"\b(?:apres|depuis|a partir d|a compter d|ou plus)"),
)


class _Range(NamedTuple):
    """The values from ``low`` to ``high``, in the unit of ``dimension``."""

    dimension: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def in_range(labels: Sequence[str], text: str) -> int | None:
    """Returns the number of the only label whose range holds the quantity in ``text``; ``None`` if several do, or none."""
    said = _SAID.findall(flat(text))
    if len(said) != 1:
        return None
    dimension, value = _value(*said[0])
    ranges = [_range(flat(label)) for label in labels]
    holding = [number for number, one in enumerate(ranges) if one and one.dimension == dimension and one.holds(value)]
    return holding[0] if len(holding) == 1 else None


def out_of_range(labels: Sequence[str], text: str) -> frozenset[int]:
    """Returns the numbers of those ``labels`` whose range holds no quantity of ``text``, while that of another label does.

    Only ranges that exclude each other count ("moins de 5 m²", "de 5 à 20 m²"). Ages do not: they are a facet.
    """
    out: set[int] = set()
    ranges = _ranges(tuple(labels)) if (said := _stated(flat(text))) else ()
    for dimension, values in said.items():
        own = {number: one for number, one in enumerate(ranges) if one is not None and one.dimension == dimension}
        ordered = sorted(set(own.values()))
        if len(ordered) < 2 or any(after.low < before.high for before, after in pairwise(ordered)):
            continue
        holding = {number for number, one in own.items() if any(map(one.holds, values))}
        out |= own.keys() - holding if holding else set()
    return frozenset(out)


def _stated(text: str) -> Mapping[str, list[float]]:
    """Returns the quantities in folded ``text`` by dimension, and the calendar years; without ages."""
    found: dict[str, list[float]] = {}
    spans = " ; ".join(span[0] for span in SPAN_SAID.finditer(text))
    for number, unit in _SAID.findall(text):
        if not re.fullmatch(_YEARS, unit) or re.search(rf"(?<!\w){re.escape(number)}\s?{unit}", spans):
            dimension, value = _value(number, unit)
            found.setdefault(dimension, []).append(value)
    if years := [float(year) for year in _CALENDAR_YEAR.findall(text)]:
        found[_YEAR] = years
    return found


@lru_cache(maxsize=1024)  # labels belong to the pages; citizens' texts are not cached
def _ranges(labels: tuple[str, ...]) -> tuple[_Range | None, ...]:
    """Returns the range in each of ``labels``; none in a label about an age."""
    folded = [flat(label) for label in labels]
    return tuple(None if age_demanded(label) else _range(label) or _years(label) for label in folded)


def _range(label: str) -> _Range | None:
    if found := _BETWEEN.search(label):
        low, unit, high, last = found.groups()
        dimension, highest = _value(high, last)
        return _Range(dimension, _value(low, unit or last)[1], highest)
    if found := _OR.search(label):
        dimension, value = _value(found[1], found[2])
        return _Range(dimension, value, inf) if found[3] == "plus" else _Range(dimension, 0.0, value)
    upper = [_value(*found) for found in _BELOW.findall(label)]
    lower = [_value(*found) for found in _ABOVE.findall(label)]
    dimensions = {dimension for dimension, _ in (*upper, *lower)}
    if len(dimensions) != 1:
        return None
    return _Range(dimensions.pop(), max((0.0, *(value for _, value in lower))), min((inf, *(value for _, value in upper))))


def _years(label: str) -> _Range | None:
    """Returns the calendar years that folded ``label`` names: "avant 1972", "entre 1972 et 2013", "1961, 1962, 1963"."""
    years = [float(year) for year in _CALENDAR_YEAR.findall(label)]
    if not years:
        return None
    low = 0.0 if _UNTIL_YEAR.search(label) else min(years)
    return _Range(_YEAR, low, inf if low and _FROM_YEAR.search(label) else max(years))


def _value(number: str, unit: str) -> tuple[str, float]:
    """Returns the dimension of ``unit``, and the value of ``number`` in it."""
    dimension, worth = next(found for forms, found in _UNITS.items() if re.fullmatch(forms, unit))
    if number == "une":
        return dimension, worth
    count = _WORDS.index(number) + 1 if number in _WORDS else float(number.replace(" ", "").replace(",", "."))
    return dimension, count * worth
