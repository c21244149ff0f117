"""Reads facets from text: the situation in a message, and the conditions in the label of a case."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from actions.situation.ages import AGE, age_demanded, age_said, without_ages
from actions.situation.places import AREA, COUNTRY, places, without_places
from core.text.alternatives import first_of
from core.yaml_text import table
from retrieval.terms.analysis import fold

# Facet → possible values: ages as (from, to) in years, everything else as a set of values.
type Facets = Mapping[str, frozenset[str]]
Source = Literal["said", "label"]

WHERE_OR_HOW_OLD = frozenset({AGE, AREA, COUNTRY})
_UNKNOWN = frozenset({"unknown"})
# A birthplace is no residence, but it is asked for: "née à Alger", "nací en Madrid".
_BORN = re.compile(
    r"(?<![\w-])(?:nee?s?(?:\(e\))?|naissance|born|nacid[oa]s?|nacio?|nascid[oa]s?|nasci)"
    r"((?: (?:en|au|aux|a|in|at|em|no|na) (?:la |l'|le )?[\w'-]+)(?: [\w'-]+){0,2})"
)
# Words before a fact that does not hold now: it is negated, or in the past ("ex fonctionnaire").
_TAKEN_BACK = re.compile(
    r"(?:\b(?:pas|ni|aucune?|point|jamais|(?:suis|est|sommes|ai|as?|avons) plus)"
    r"(?: (?:encore|vraiment|non plus|ete|de|du|des|une?|le|la|les|en|dans|au|aux|a|chez)\b| [dl]')*[ ]?"
    r"|\b(?:ex|ancien(?:ne)?s?)[ -]|\b(?:j'etais|etais|je croyais)(?: \w+){0,2} )\Z"
)
_BEFORE = 40  # characters examined before a fact
# A destination, a workplace or an origin is not a home.
_NOT_LIVED_IN = re.compile(
    r"\b(?:demenag\w*|pars?|part(?:ir|ons|ez|ent|i|is)?|travaill\w*|boss\w*|taff?\w*|voyag\w*|vacances|arriv\w*|revien\w*|reven\w*)"
    r"(?: \w+){0,2}? (?:en|a|au|aux|pour|vers|de|du|des|d') ?(?:la |le |les |l')?[\w'-]+"
)
_FILE = Path(__file__).with_name("facets.yml")
_LEFT = r"(?<![\w-])"  # a facet's word is a whole word: not "vol" in "volontaire", not "mineur" in "non-mineur"
_RIGHT = r"(?![\w-])"


class _Rule(NamedTuple):
    facet: str
    values: frozenset[str]
    pattern: re.Pattern[str]


class _Group(NamedTuple):
    """The rules of one facet. ``anything`` matches if any of them does: most messages contain few facets, and one search for
    all patterns of a facet takes a fifth of separate searches.
    """

    anything: re.Pattern[str]
    rules: tuple[_Rule, ...]


def facts_in(text: str) -> Facets:
    """Returns the facts in ``text`` about its writer's situation. A facet with two different values is left out."""
    return _facets(text, "said")


@lru_cache(maxsize=4096)
def demanded(label: str) -> Facets:
    """Returns the conditions in the label of a case; if it names several values of one facet, any of them will do.

    Cached: labels are few and belong to the pages. Citizens' texts are not cached.
    """
    return MappingProxyType(_facets(label, "label"))


def without_facts(text: str) -> str:
    """Returns folded ``text`` without the words that ``facts_in`` understands."""
    rest = flat(text)
    for group in _groups("said"):
        if group.anything.search(rest):
            for rule in group.rules:
                rest = rule.pattern.sub(" ", rest)
    return without_places(without_ages(rest))


@cache
def lasting() -> frozenset[str]:
    """Returns the facets that remain true when the subject changes."""
    return frozenset({AGE, AREA}) | {facet for facet, values in table(_FILE).items() if values["lasting"]}


def passing(facts: Facets) -> Facets:
    """Returns those of ``facts`` that are true for one request only."""
    return {facet: values for facet, values in facts.items() if facet not in lasting()}


def _facets(text: str, source: Source) -> dict[str, frozenset[str]]:
    folded = flat(text)
    found: dict[str, frozenset[str]] = {}
    for facet, values in _places_and_words(folded, source):
        if facet not in found:
            found[facet] = values
        elif source == "label":
            found[facet] |= values
        else:  # the narrower of two compatible values; none if they contradict each other
            found[facet] &= values
    if source == "said" and "birth" not in found and (born := _BORN.search(folded)):
        areas, countries = places(born[1].strip(), anywhere=False)
        found |= {"birth": frozenset({"france"})} if areas else {"birth": frozenset({"abroad"})} if countries else {}
    age = age_said(folded) if source == "said" else age_demanded(folded)
    return {facet: values for facet, values in found.items() if values} | ({AGE: age} if age else {})


def _places_and_words(folded: str, source: Source) -> Iterator[tuple[str, frozenset[str]]]:
    rest, parts = folded, False
    for group in _groups(source):
        if not group.anything.search(rest):
            continue
        for rule in group.rules:
            shorter = rule.pattern.sub(" ; ", rest)
            if shorter != rest:
                if rule.values != _UNKNOWN and (source == "label" or _holds(rule.pattern, rest)):
                    yield rule.facet, rule.values
                    parts = parts or rule.facet == COUNTRY
                rest = shorter
    if source == "said":
        rest = _NOT_LIVED_IN.sub(" ; ", rest)
    areas, countries = places(rest, anywhere=source == "label")
    if areas:
        yield AREA, areas
        yield COUNTRY, frozenset({"france"})
    elif countries and source == "said":
        yield COUNTRY, countries
    elif countries and parts:  # "UE, Norvège, Suisse"; a label that names countries alone is not for others in the same part
        yield COUNTRY, countries - {"world"}


def _holds(fact: re.Pattern[str], text: str) -> bool:
    """Decides whether one of the matches of ``fact`` in ``text`` is neither negated nor in the past."""
    starts = (found.start() for found in fact.finditer(text))
    return any(not _TAKEN_BACK.search(text[max(0, start - _BEFORE) : start]) for start in starts)


def flat(text: str) -> str:
    """Returns ``text`` folded, on one line, with brackets opened."""
    return " ".join(fold(text).split())


def folded_and_plain(text: str) -> tuple[str, str]:
    """Returns ``flat(text)``, and ``text`` on one line, with the same positions in both.

    Both are folded if folding has changed the number of characters; in French only "œ" does.
    """
    folded, plain = flat(text), " ".join(text.split())
    return folded, plain if len(folded) == len(plain) else folded


@cache
def _groups(source: Source) -> tuple[_Group, ...]:
    found: list[_Group] = []
    for facet, by_value in table(_FILE).items():
        patterns = {
            values: [*texts.get(source, ()), *texts.get("both", ())]
            for values, texts in by_value.items()
            if values != "lasting" and (source in texts or "both" in texts)
        }
        rules = tuple(_Rule(facet, frozenset(values.split()), _compiled(texts)) for values, texts in patterns.items())
        if rules:
            found.append(_Group(_compiled(chain.from_iterable(patterns.values())), rules))
    return tuple(found)


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    # The left boundary is written once, not for each pattern; the start of the text ("^") satisfies it too.
    return re.compile(f"{_LEFT}{first_of([*patterns])}{_RIGHT}")
