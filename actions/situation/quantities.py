"""Quantities with a unit: in messages ("depuis 2 ans", "700 €"), and as ranges in the labels of cases ("moins de 5 ans")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf

from actions.situation.reading import flat

# The unit in each dimension, by its forms in folded text.
_UNITS: dict[str, tuple[str, float]] = {
    r"ans?|annees?|years?": ("time", 365.0),
    r"mois|moi|months?": ("time", 30.4),
    r"semaines?|weeks?": ("time", 7.0),
    r"jours?|days?": ("time", 1.0),
    r"heures?|hours?": ("time", 1 / 24),
    r"€|euros?|e": ("money", 1.0),
    r"enfants?|children": ("children", 1.0),
    r"salaries?": ("employees", 1.0),
    r"personnes?": ("people", 1.0),
    r"m2|m²|metres? carres?": ("area", 1.0),
    r"kg|kilos?": ("weight", 1.0),
    r"tonnes?": ("weight", 1000.0),
    r"cm3|cm³": ("volume", 1.0),
    r"km|kilometres?": ("distance", 1.0),
}
_WORDS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_NUMBER = rf"(\d{{1,9}}(?: \d{{3}}){{0,2}}(?:[.,]\d{{1,3}})?|{'|'.join(_WORDS)}|une)"
_UNIT = rf"({'|'.join(_UNITS)})(?![\w-])"
_SAID = re.compile(rf"(?<![\w,.]){_NUMBER}\s?{_UNIT}")
_BETWEEN = re.compile(rf"(?<!\w)(?:de|entre)\s{_NUMBER}(?:\s?{_UNIT})?\s(?:a|et)\s(?:moins de )?{_NUMBER}\s?{_UNIT}")
_BELOW = re.compile(rf"(?:moins (?:de|d')|inferieure?s? a|jusqu'a|au plus|maximum)\s?{_NUMBER}\s?{_UNIT}")
_ABOVE = re.compile(
    rf"(?:plus (?:de|d')|\+ (?:de )?|superieure?s? a|a partir de|au moins|au-dela de|minimum)\s?{_NUMBER}\s?{_UNIT}"
)
_OR = re.compile(rf"{_NUMBER}\s?{_UNIT}\s(?:ou|et)\s(plus|moins)")

# Dimension, lowest and highest value.
type _Range = tuple[str, float, float]


def in_range(labels: Sequence[str], text: str) -> int | None:
    """Returns the number of the only label whose range holds the quantity in ``text``; ``None`` if several do, or none."""
    said = _SAID.findall(flat(text))
    if len(said) != 1:
        return None
    dimension, value = _value(*said[0])
    ranges = [_range(flat(label)) for label in labels]
    holding = [number for number, one in enumerate(ranges) if one and one[0] == dimension and one[1] <= value <= one[2]]
    return holding[0] if len(holding) == 1 else None


def _range(label: str) -> _Range | None:
    if found := _BETWEEN.search(label):
        low, unit, high, last = found.groups()
        dimension, highest = _value(high, last)
        return dimension, _value(low, unit or last)[1], highest
    if found := _OR.search(label):
        dimension, value = _value(found[1], found[2])
        return (dimension, value, inf) if found[3] == "plus" else (dimension, 0.0, value)
    for pattern, below in ((_BELOW, True), (_ABOVE, False)):
        if found := pattern.search(label):
            dimension, value = _value(found[1], found[2])
            return (dimension, 0.0, value) if below else (dimension, value, inf)
    return None


def _value(number: str, unit: str) -> tuple[str, float]:
    dimension, worth = next(found for forms, found in _UNITS.items() if re.fullmatch(forms, unit))
    number = number.strip()
    count = (
        _WORDS.index(number) + 1
        if number in _WORDS
        else 1
        if number == "une"
        else float(re.sub(" ", "", number).replace(",", "."))
    )
    return dimension, count * worth
