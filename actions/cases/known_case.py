"""Decides which case of a fork is the citizen's, by their choices and statements."""

import re
from collections.abc import Iterator, Sequence

from actions.cases.case_tree import Fork, forks, written
from actions.cases.dialogue_state import Focus, UserFacts, unpacked
from actions.situation.denied_words import contradicted
from actions.situation.matching import applying, excluded, folded_label, left_open, named_in, plain_label
from actions.situation.places import AREA, COUNTRY
from actions.situation.quantities import out_of_range
from actions.situation.reading import Facets, facts_in, flat
from core.entry import Address, Entry

_RESIDENCE = re.compile(
    r"\b(?:habit\w*|resid\w*|viv(?:ez|ons|ent|re|ant)|vi[st]|domicili\w*|expatri\w*|install\w*|live|living)\b"
)
# The label of a fork that asks where the citizen is or lives, and not where they travel.
_WHERE_ONE_IS = re.compile(rf"{_RESIDENCE.pattern}|^(?:vous etes |si vous etes )?(?:en france|a l'etranger|hors de france)$")
_TRAVELS = re.compile(
    r"\b(?:voyag\w*|demenag\w*|vacances|pars|part(?:s|ons|ir|ez)?|all(?:er|ons|ez)|v(?:ais|a) (?:a|au|aux|en|chez)|conduire"
    r"|rouler|sejour\w*|touris\w*|visit\w*"
    r"|week-?end|vol|avion|travel\w*|trip|holidays?)\b"
)


def known_case(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool = True) -> int | None:
    """Returns the number of the case that the citizen chose at ``fork``, or that follows from what they said; else ``None``.

    Without ``remembered``, only this question counts, and not earlier messages.
    """
    place = written(fork.address)
    if chosen := _at(place, focus.chosen):
        return chosen[-1]
    if place in focus.reopened:
        return None
    return next((case for case in _stated_cases(fork, focus, user, remembered=remembered) if case is not None), None)


def _stated_cases(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool) -> Iterator[int | None]:
    """Yields what each kind of statement says of the case at ``fork``, the surest first."""
    yield applying(fork.labels, _facts(fork, focus, user, remembered=remembered))
    yield from (_named(fork, text) for text in (focus.latest, focus.query) if text)
    out = _excluded_by_words(fork, focus)
    left = [number for number in range(len(fork.labels)) if number not in out]
    yield left[0] if out and len(left) == 1 else None
    if remembered:
        known = [number for number, label in enumerate(fork.labels) if plain_label(label) in user.labels]
        yield known[0] if len(known) == 1 else None
        yield from _at(written(fork.address), focus.assumed)[-1:]


def excluded_cases(fork: Fork, focus: Focus, user: UserFacts) -> frozenset[int]:
    """Returns the numbers of the cases of ``fork`` that are not the citizen's, from what they said; none if no case is left."""
    if written(fork.address) in focus.reopened:
        return frozenset()
    out = excluded(fork.labels, _facts(fork, focus, user, remembered=True)) | _excluded_by_words(fork, focus)
    return out if len(out) < len(fork.labels) else frozenset()


def _excluded_by_words(fork: Fork, focus: Focus) -> frozenset[int]:
    """Returns the numbers of the cases that a number ("12 m²") or a negation ("sans enfant") in the question excludes."""
    asked = focus.words
    return out_of_range(fork.labels, asked) | contradicted(fork.labels, asked)


def _facts(fork: Fork, focus: Focus, user: UserFacts, *, remembered: bool) -> Facets:
    """Returns the known facts about the citizen that may distinguish the cases of ``fork``."""
    asked = focus.words
    said = {**user.facts_for(focus.query), **facts_in(focus.latest)} if remembered else facts_in(asked)
    facts = {**said, **unpacked(focus.facts)}
    if _only_travels(flat(asked)) and any(_WHERE_ONE_IS.search(folded_label(label)) for label in fork.labels):
        facts = {facet: values for facet, values in facts.items() if facet not in (COUNTRY, AREA)}
    return left_open(facts, fork.cases)


def decided_by(entry: Entry, text: str) -> dict[str, Address]:
    """Returns the cases of ``entry`` that ``text`` decides for, by the addresses (as written) of their forks."""
    facts = facts_in(text)
    decided: dict[str, Address] = {}
    for fork in forks(entry):
        case = applying(fork.labels, left_open(facts, fork.cases)) if facts else None
        case = _named(fork, text) if case is None else case
        if case is not None:
            decided[written(fork.address)] = (*fork.address, case)
    return decided


def _named(fork: Fork, text: str) -> int | None:
    """Returns the number of the case of ``fork`` that ``text`` names. A destination is not a home."""
    case = named_in(fork.labels, text)
    if case is not None and _WHERE_ONE_IS.search(folded_label(fork.labels[case])) and _only_travels(flat(text)):
        return None
    return case


def _only_travels(asked: str) -> bool:
    """Decides whether folded text names a place as a destination, and not as the writer's home."""
    return _TRAVELS.search(asked) is not None and _RESIDENCE.search(asked) is None


def _at(place: str, addresses: Sequence[str]) -> list[int]:
    """Returns the cases among ``addresses`` that belong to the fork at ``place``."""
    return [int(one.rpartition(".")[2]) for one in addresses if one.rpartition(".")[0] == place]
