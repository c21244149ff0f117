"""Labels of choices: what tells the candidates apart, and what they have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from retrieval.lexical.analysis import fold, terms

_LEAST = 2  # words in common, from which leaving them out makes a list easier to read
_FEW = 2  # terms
_SEVERAL = 3  # pages
_ENDS = re.compile(r"[:?]$")  # of a word after which something new begins
_TIED = re.compile(r"(?:.*'|aux?|des?|du|en|et|las?|les?|ou|par|pour|sur|une?|d|l|a)$")  # of folded words


class Labels(NamedTuple):
    """One label a candidate. ``common``: the words left out of all of them, empty where there are none."""

    common: str
    labels: tuple[str, ...]


class Titled(Protocol):
    """A page that may be offered; its theme and audiences are looked at only where its title is another's, too."""

    @property
    def title(self) -> str: ...
    @property
    def theme(self) -> tuple[str, ...]: ...
    @property
    def audiences(self) -> tuple[str, ...]: ...


def labels_for(entries: Sequence[Titled]) -> Labels:
    """Labels for ``entries`` (at least one), apart by theme or audience where titles are equal."""
    titles = [" ".join(entry.title.split()) for entry in entries]
    common, shorter = _without_common_start(titles)
    if common and len({fold(label) for label in shorter}) < len(shorter):
        common, shorter = "", titles
    told: list[str] = []
    for number, label in enumerate(shorter):
        same = [entry for other, entry in zip(shorter, entries, strict=True) if fold(other) == fold(label)]
        apart = _apart(entries[number], same) if len(same) > 1 else ""
        told.append(f"{label} ({apart})" if apart else label)
    return Labels(common, tuple(told))


def _apart(entry: Titled, same: Sequence[Titled]) -> str:
    """What tells ``entry`` from those with the ``same`` title: the first level at which all themes differ, or its audience."""
    for depth in range(max((len(other.theme) for other in same), default=0)):
        levels = [other.theme[depth] if depth < len(other.theme) else "" for other in same]
        if len(set(levels)) == len(levels) and depth < len(entry.theme):
            return entry.theme[depth]
    audiences = [", ".join(other.audiences) for other in same]
    return ", ".join(entry.audiences) if len(set(audiences)) > 1 else ""


def _without_common_start(titles: Sequence[str]) -> tuple[str, list[str]]:
    """The words with which all ``titles`` begin, and the rest of each, of which something must be left."""
    split = [title.split() for title in titles]
    shared = 0
    while all(len(words) > shared + 1 for words in split) and len({fold(words[shared]) for words in split}) == 1:
        shared += 1
    said = max((number for number in range(shared) if _ENDS.search(split[0][number])), default=-1) + 1
    shared = said if said >= _LEAST else shared  # "Naturalisation : quels" breaks a question off
    while shared and _TIED.match(fold(split[0][shared - 1])):
        shared -= 1
    if len(titles) < _LEAST or shared < _LEAST:
        return "", list(titles)
    rest = [" ".join(words[shared:]).lstrip(" :,-") for words in split]
    if not all(rest):
        return "", list(titles)
    return " ".join(split[0][:shared]).rstrip(" :,-"), [label[:1].upper() + label[1:] for label in rest]


def is_vague(query: str, titles: Sequence[str]) -> bool:
    """Whether ``query`` only names what several ``titles`` (best first) are about, and none of them alone: "passeport"."""
    wanted = set(terms(query))
    if not 0 < len(wanted) <= _FEW:
        return False
    named = [set(terms(title)) for title in titles]
    return wanted not in named and sum(wanted <= title for title in named) >= _SEVERAL
