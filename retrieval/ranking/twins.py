"""Twins: entries of several sources with the same answer. The most recently verified one comes first."""

from collections.abc import Mapping, Sequence

from retrieval.index.entry_file import EntryFile
from retrieval.ranking.fusion import Ranked

type Newer = Mapping[int, frozenset[int]]
"""The place of an entry → the places of its twins that were verified later."""


def newer_twins(entries: EntryFile) -> Newer:
    """Returns the newer twins of all entries. If one entry names another, each is a twin of the other."""
    places = {f"{entries.collections[place]}/{name}": place for place, name in enumerate(entries.ids)}
    found: dict[int, set[int]] = {}
    for place, names in enumerate(entries.twins):
        for other in (places[name] for name in names if name in places):
            days = (entries.verified_on[place], entries.verified_on[other])
            if all(days) and days[0] != days[1]:
                older, newer = (place, other) if days[0] < days[1] else (other, place)
                found.setdefault(older, set()).add(newer)
    return {older: frozenset(newer) for older, newer in found.items()}


def newer_first(ranked: Sequence[Ranked], newer: Newer) -> list[Ranked]:
    """Returns ``ranked`` with each entry right behind its best newer twin, if that was found as well."""
    moved: list[Ranked] = []
    for candidate in ranked:
        if candidate in moved:
            continue
        twins = newer.get(candidate.place, frozenset())
        moved += [one for one in ranked if one.place in twins and one not in moved][:1]
        moved.append(candidate)
    return moved


def one_of_twins(ranked: Sequence[Ranked], newer: Newer) -> list[Ranked]:
    """Returns ``ranked`` without those that are twins of one further up: they are no rivals that make an answer unsure."""
    kept: list[Ranked] = []
    for candidate in ranked:
        own = newer.get(candidate.place, frozenset())
        if not any(one.place in own or candidate.place in newer.get(one.place, frozenset()) for one in kept):
            kept.append(candidate)
    return kept
