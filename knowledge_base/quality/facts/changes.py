"""Finds the facts in which a new version of an entry differs: amounts, deadlines, conditions. Pure.

A statement is a sentence, a list item, a table row or the label of a case. It has changed if the new version states it less
often than the old one: what only moved has not changed. Another wording with the same numbers is no change, unless it concerns
a condition.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Literal, NamedTuple

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
        "n ou par pour qu que qui s sa se ses son sont sur un une vos votre vous y "
        "ainsi alors aussi bien cependant désormais donc effet également lequel laquelle notamment par toutefois",
    )
)
_ALIKE, _SAME_NUMBERS = 0.5, 0.3  # of the words of two versions of one statement, at least; less where the numbers are equal
_AROUND = 3  # words on either side of what has changed


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A statement that has changed. ``new`` is empty if nothing takes its place.

    ``key``: the words by which a text that states the old one is known, as ``words_of`` writes them. ``path``: the headings and
    cases above it, if the new version still has these words elsewhere: only a text from there states the old one.
    """

    kind: Kind
    old: str
    new: str
    key: str
    path: frozenset[str] = frozenset()


def words_of(markdown: str) -> str:
    """Returns the words, numbers and units of a text, between single blanks, with one at each end."""
    return f" {' '.join(_tokens(_DAY_ADDED.sub(' ', plain(markdown, links=False))))} "


def changed_facts(old: Entry, new: Entry | None) -> tuple[ChangedFact, ...]:
    """Returns the facts of ``old`` that ``new`` states differently or no more; all of them if it is withdrawn (``None``)."""
    before, after = _statements(old), _statements(new) if new else []
    left = Counter(one.tokens for one in after)
    added = list({one.tokens for one in after} - {one.tokens for one in before})
    everything = "".join(one.words for one in after)
    texts = {one.tokens: one.text for one in after}
    often = Counter(one.tokens for one in before)
    here, here_before = (Counter((one.tokens, one.path) for one in side) for side in (after, before))
    found = []
    for one in before:
        place = (one.tokens, one.path)
        stays = left[one.tokens] >= often[one.tokens] or here[place] >= here_before[place]
        if stays:
            continue
        other = max(added, key=partial(_likeness, one.tokens), default=())
        enough = _SAME_NUMBERS if _numbers(one.tokens) == _numbers(other) else _ALIKE
        other = other if other and _likeness(one.tokens, other) >= enough else ()
        kind = _kind(one.text, one.tokens, other)
        if kind is not None:
            key = _key(one, other, everything)
            path = one.path if key in everything else frozenset[str]()
            found.append(ChangedFact(kind, one.text, texts.get(other, ""), key, path))
    return tuple(dict.fromkeys(found))


class _Statement(NamedTuple):
    text: str
    tokens: tuple[str, ...]
    path: frozenset[str]

    @property
    def words(self) -> str:
        return f" {' '.join(self.tokens)} "


def _statements(entry: Entry) -> list[_Statement]:
    found: list[_Statement] = []
    labels = set[str]()
    for passage in passages(entry):
        path = frozenset((*passage.headings, *passage.cases))
        texts = [label for label in passage.cases if label not in labels]
        labels.update(texts)
        for line in plain(passage.markdown, links=False).splitlines():
            texts += [part.strip() for part in _SENTENCES.split(line)]
        found += [_Statement(text, tokens, path) for text in texts if (tokens := tuple(_tokens(text)))]
    return found


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


def _key(one: _Statement, other: Sequence[str], everything: str) -> str:
    """Returns the words around what has changed; the whole statement if the new version has these words elsewhere."""
    if not other:
        return one.words
    blocks = SequenceMatcher(None, one.tokens, other, autojunk=False).get_opcodes()
    places = [(start, end) for name, start, end, _, _ in blocks if name != "equal"]
    start = max(0, min(begin for begin, _ in places) - _AROUND)
    end = max(stop for _, stop in places) + _AROUND
    key = f" {' '.join(one.tokens[start:end])} "
    return one.words if key in everything else key
