"""From text to facets: what a message says of its writer, what a label demands of the case it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from actions.situation.ages import AGE, age_demanded, age_said, without_ages
from actions.situation.places import AREA, COUNTRY, places, without_places
from core.yaml_text import load as load_yaml
from retrieval.lexical.analysis import fold

# Facet → what is possible: ages as (from, to) in years, all else as a set of values.
type Facets = Mapping[str, frozenset[str]]
Source = Literal["said", "label"]

_UNKNOWN = frozenset({"unknown"})
# A birthplace is no residence, but where one was born is asked for: "née à Alger", "nací en Madrid".
_BORN = re.compile(
    r"(?<![\w-])(?:nee?s?(?:\(e\))?|naissance|born|nacid[oa]s?|nacio?|nascid[oa]s?|nasci)"
    r"((?: (?:en|au|aux|a|in|at|em|no|na) (?:la |l'|le )?[\w'-]+)(?: [\w'-]+){0,2})"
)
# What stands before a fact that does not hold of the writer now: it is denied, or of the past ("ex fonctionnaire").
_TAKEN_BACK = re.compile(
    r"(?:\b(?:pas|ni|aucune?|point|jamais|(?:suis|est|sommes|ai|as?|avons) plus)"
    r"(?: (?:encore|vraiment|non plus|ete|de|du|des|une?|le|la|les|en|dans|au|aux|a|chez)\b| [dl]')*[ ]?"
    r"|\b(?:ex|ancien(?:ne)?s?)[ -]|\b(?:j'etais|etais|je croyais)(?: \w+){0,2} )\Z"
)
_BEFORE = 40  # characters that are looked at before a fact
# Where somebody goes, works or comes from is not where they live.
_NOT_LIVED_IN = re.compile(
    r"\b(?:demenag\w*|pars?|part(?:ir|ons|ez|ent|i|is)|travaill\w*|boss\w*|taff?\w*|voyag\w*|vacances|arriv\w*|revien\w*|reven\w*)"
    r"(?: \w+){0,2}? (?:en|a|au|aux|pour|vers|de|du|des|d') ?(?:la |le |les |l')?[\w'-]+"
)
_FILE = Path(__file__).with_name("facets.yml")
_LEFT = r"(?<![\w-])"  # a facet's word is a whole one: not "vol" in "volontaire", not "mineur" in "non-mineur"
_RIGHT = r"(?![\w-])"


class _Rule(NamedTuple):
    facet: str
    values: frozenset[str]
    pattern: re.Pattern[str]


class _Group(NamedTuple):
    """The rules of one facet. ``anything`` matches where any of them does: most messages speak of few facets, and a look for
    all of a facet's patterns at once takes a fifth of looking for one after the other."""

    anything: re.Pattern[str]
    rules: tuple[_Rule, ...]


def facts_in(text: str) -> Facets:
    """Returns what ``text`` says of its writer's situation. Where it says two things of one facet, it says nothing."""
    return _facets(text, "said")


@lru_cache(maxsize=4096)
def demanded(label: str) -> Facets:
    """Returns what the label of a case demands; where it names several values of one facet, any of them will do.

    Remembered, as labels are the pages' own and few; what citizens write is not.
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
    """Returns the facets that stay true when the subject changes."""
    return frozenset({AGE, AREA}) | {facet for facet, values in _file().items() if values["lasting"]}


def passing(facts: Facets) -> Facets:
    """Returns those of ``facts`` that are true of one request only."""
    return {facet: values for facet, values in facts.items() if facet not in lasting()}


def _facets(text: str, source: Source) -> dict[str, frozenset[str]]:
    folded = flat(text)
    found: dict[str, frozenset[str]] = {}
    for facet, values in _places_and_words(folded, source):
        if facet not in found:
            found[facet] = values
        elif source == "label":
            found[facet] |= values
        else:  # the narrower of two that agree; nothing where they differ
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
    """Decides whether one of the places in ``text`` that say ``fact`` neither denies it nor speaks of the past."""
    starts = (found.start() for found in fact.finditer(text))
    return any(not _TAKEN_BACK.search(text[max(0, start - _BEFORE) : start]) for start in starts)


def flat(text: str) -> str:
    """Returns ``text`` folded, on one line, with brackets opened."""
    return " ".join(fold(text).split())


def folded_and_plain(text: str) -> tuple[str, str] | None:
    """Returns ``flat(text)``, and ``text`` on one line: what is found in the one stands at the same places of the other.

    ``None`` where folding has changed the number of characters, as it does not for French but for "œ".
    """
    folded, plain = flat(text), " ".join(text.split())
    return (folded, plain) if len(folded) == len(plain) else None


@cache
def _file() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def _groups(source: Source) -> tuple[_Group, ...]:
    found: list[_Group] = []
    for facet, by_value in _file().items():
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
    # What must stand before is asked for once, not for each pattern: "^" is at no letter's right, too.
    return re.compile(f"{_LEFT}(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)}){_RIGHT}")
