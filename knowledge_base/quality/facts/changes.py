"""Finds the facts in which a new version of an entry differs: amounts, deadlines, conditions. Pure.

A statement is a sentence, a list item, a table row or the label of a case. It has changed if the new version does not state it
any more, in whatever place. Another wording with the same numbers is no change, unless it concerns a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Literal

from core.entry import Entry, passages
from core.text.markdown import plain

type Kind = Literal["amount", "deadline", "condition"]

_TOKEN = re.compile(r"\w+|[€%‰]")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý«])")
_DAY_ADDED = re.compile(r"\(au \d\d/\d\d/\d{4}\)")  # by an answer, after the figures of an old page
_AMOUNT = re.compile(r"[€%‰]|\b(?:euros?|centimes?|eur)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:jours?|semaines?|mois|ans?|années?|heures?|délais?|dates?|janvier|février|mars|avril|mai|juin|juillet|août|septembre"
    r"|octobre|novembre|décembre|\d+h\d*|\d\d?/\d\d?/\d{4})\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:si|sauf|conditions?|uniquement|seulement|doi(?:t|vent)|devez|peu(?:t|vent)|pouvez|faut|obligatoires?|interdite?s?"
    r"|réservée?s?|nécessaires?|exigée?s?|majeure?s?|mineure?s?|gratuite?s?|payante?s?|pas|ne|aucune?|résid\w+)\b",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    re.findall(
        r"\w+",
        "à au aux ce ces cet cette d dans de des du elle elles en est et être eu il ils l la le les leur leurs lors lorsque "
        "même n ou par pour qu que qui s sa se ses son sont sur un une vos votre vous y",
    )
)
_ALIKE, _SAME_NUMBERS = 0.5, 0.3  # of the words of two versions of one statement, at least; less where the numbers are equal
_AROUND = 3  # words on either side of what has changed


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A statement that has changed. ``new`` is empty if nothing takes its place. ``key``: the words by which a text that states
    the old one is known, as ``words_of`` writes them.
    """

    kind: Kind
    old: str
    new: str
    key: str


def words_of(markdown: str) -> str:
    """Returns the words, numbers and units of a text, between single blanks, with one at each end."""
    return f" {' '.join(_tokens(_DAY_ADDED.sub(' ', plain(markdown, links=False))))} "


def changed_facts(old: Entry, new: Entry | None) -> tuple[ChangedFact, ...]:
    """Returns the facts of ``old`` that ``new`` states differently or no more; all of them if it is withdrawn (``None``)."""
    after = {tuple(_tokens(text)): text for text in _statements(new)} if new else {}
    before = {tuple(_tokens(text)): text for text in _statements(old)}
    added = [tokens for tokens in after if tokens not in before]
    everything = "".join(f" {' '.join(tokens)} " for tokens in after)
    found = []
    for tokens, text in before.items():
        if not tokens or f" {' '.join(tokens)} " in everything:
            continue
        other = max(added, key=partial(_likeness, tokens), default=())
        enough = _SAME_NUMBERS if _numbers(tokens) == _numbers(other) else _ALIKE
        other = other if other and _likeness(tokens, other) >= enough else ()
        kind = _kind(text, tokens, other)
        if kind is not None:
            found.append(ChangedFact(kind, text, after.get(other, ""), _key(tokens, other, everything)))
    return tuple(found)


def _statements(entry: Entry) -> Iterator[str]:
    for passage in passages(entry):
        yield from passage.cases
        for line in plain(passage.markdown, links=False).splitlines():
            yield from (part.strip() for part in _SENTENCES.split(line) if part.strip())


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _likeness(left: Sequence[str], right: Sequence[str]) -> float:
    """Returns the share of words that both have, from 0 to 1; numbers do not count."""
    one, other = ({word for word in side if not word[0].isdigit()} for side in (left, right))
    return len(one & other) / max(1, len(one), len(other))


def _numbers(tokens: Sequence[str]) -> set[str]:
    return {word for word in tokens if word[0].isdigit()}


def _kind(text: str, tokens: Sequence[str], other: Sequence[str]) -> Kind | None:
    """Returns which kind of fact has changed; ``None`` if none has."""
    if _numbers(tokens) != _numbers(other):
        if _AMOUNT.search(text):
            return "amount"
        return "deadline" if _TIME.search(text) else "condition"
    words, words_now = (set(side) - _FUNCTION for side in (tokens, other))
    return "condition" if words != words_now and _CONDITION.search(text) else None


def _key(tokens: Sequence[str], other: Sequence[str], everything: str) -> str:
    """Returns the words around what has changed; the whole statement if the new version has these words elsewhere."""
    whole = f" {' '.join(tokens)} "
    if not other:
        return whole
    blocks = SequenceMatcher(None, tokens, other, autojunk=False).get_opcodes()
    places = [(start, end) for name, start, end, _, _ in blocks if name != "equal"]
    start, end = max(0, min(one for one, _ in places) - _AROUND), max(one for _, one in places) + _AROUND
    key = f" {' '.join(tokens[start:end])} "
    return whole if key in everything else key
