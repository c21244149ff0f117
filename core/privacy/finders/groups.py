"""Numbers as people write them: groups of digits, with any white space or punctuation between them.

The separators within one number are mostly equal ("06 12 34 56 78", "06.12.34.56.78"), except at an end of line. Commas,
colons and slashes also separate unrelated numbers: there, a finder requires more evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_ALNUM = r"[^\W_]"
# No letter, digit, currency or unit sign, no plus (it begins another number), and nothing that is masked already.
_GAP = r"(?:[^\w€$£¥%‰°+×•]|_)"
# "2A" and "2B" are departments within a NIR. The last group may be followed by letters ("0612345678svp").
_GROUP = rf"[0-9]++(?:[ABab][0-9]*+(?!{_ALNUM}))?"
_CHAIN = re.compile(rf"(?<!{_ALNUM}){_GROUP}(?:(?<={_ALNUM})(?!{_ALNUM}){_GAP}++{_GROUP})*+")
# Two telephone numbers without anything between them are two groups.
_ONE_GROUP = re.compile(r"0[1-79][0-9]{8}(?=0[1-79][0-9]{8}(?![0-9A-Za-z]))|[0-9A-Za-z]+")
_BETWEEN = re.compile(r"[^0-9A-Za-z]+")
_WORDS = re.compile(rf"(?<!{_ALNUM})[0-9A-Za-z]++(?!{_ALNUM})(?:{_GAP}++[0-9A-Za-z]++(?!{_ALNUM}))*+")
_AMOUNT = re.compile(r" ?(?:[€$£%]|euros?\b|dollars?\b)", re.IGNORECASE)
_PLUS = re.compile(r"\+[\s(]{0,2}$")
_PLAIN = frozenset(" .-_·")
_SHORTEST = 8  # characters; all numbers that are searched for have more
_MOST_GROUPS = 8  # characters; no number that is searched for has fewer


@dataclass(frozen=True, slots=True)
class Chain:
    """Groups in ``text`` that are separated only by separators.

    ``before[i]``: the number of characters in the groups before group i. ``at``: that number of characters → the group.
    """

    text: str
    joined: str
    spans: tuple[tuple[int, int], ...]
    before: tuple[int, ...]
    at: dict[int, int]

    def window(self, first: int, length: int) -> Window | None:
        """Returns the groups from ``first`` on that have ``length`` characters in all.

        ``None`` if no group ends there, or if single digits continue before or after it: that is counting, or a table.
        """
        last = self.at.get(self.before[first] + length)
        if last is None or (last - first > _MOST_GROUPS and (first or last < len(self.spans))):
            return None
        return Window(self, first, last)

    def windows(self, length: int, digits: str) -> Iterator[Window]:
        """Yields the windows at each group that begins with one of ``digits``."""
        ends, before, groups, joined = self.at, self.before, len(self.spans), self.joined
        for first in range(groups):
            last = ends.get(before[first] + length) if joined[before[first]] in digits else None
            if last is not None and (last - first <= _MOST_GROUPS or (not first and last == groups)):
                yield Window(self, first, last)

    def gap(self, group: int) -> str:
        """Returns the separator after ``group``: a space, an end of line, a point or such; a comma for everything else."""
        return _gap(self.text[self.spans[group][1] : self.spans[group + 1][0]])

    def after(self, group: int, length: int) -> str:
        """Returns the ``length`` characters from ``group`` on, or as many as exist."""
        return self.joined[self.before[group] : self.before[group] + length]


@dataclass(frozen=True, slots=True)
class Window:
    """Some groups of a chain, from ``first`` up to but without ``last``."""

    chain: Chain
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.chain.spans[self.first][0]

    @property
    def plus(self) -> re.Match[str] | None:
        """Returns the sign + before it, which begins a telephone number."""
        return None if self.first else _PLUS.search(self.chain.text, max(0, self.start - 3), self.start)

    @property
    def end(self) -> int:
        return self.chain.spans[self.last - 1][1]

    @property
    def joined(self) -> str:
        """Returns all its characters without separators."""
        return self.chain.joined[self.chain.before[self.first] : self.chain.before[self.last]]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Returns the number of characters of each group."""
        before = self.chain.before
        return tuple(before[at + 1] - before[at] for at in range(self.first, self.last))

    @property
    def groups(self) -> tuple[str, ...]:
        """Returns the text of each group."""
        return tuple(self.chain.text[start:end] for start, end in self.chain.spans[self.first : self.last])

    @property
    def cuts(self) -> tuple[int, ...]:
        """Returns the numbers of characters after which a group ends, without the last."""
        before = self.chain.before
        return tuple(before[at] - before[self.first] for at in range(self.first + 1, self.last))

    @property
    def whole(self) -> bool:
        """Decides whether no group stands before or after it."""
        return self.first == 0 and self.last == len(self.chain.spans)

    @property
    def scattered(self) -> bool:
        """Decides whether it is written digit by digit, or nearly so."""
        return self.last - self.first > _MOST_GROUPS

    @property
    def word_follows(self) -> bool:
        """Decides whether a letter directly follows it."""
        return self.last == len(self.chain.spans) and self.chain.text[self.end : self.end + 1].isalnum()

    @property
    def amount_follows(self) -> bool:
        """Decides whether a currency sign or a percentage follows it."""
        return bool(_AMOUNT.match(self.chain.text, self.end))

    def is_cut_at(self, places: frozenset[int]) -> bool:
        """Decides whether its groups end only after these numbers of characters."""
        before, start = self.chain.before, self.chain.before[self.first]
        return all(before[at] - start in places for at in range(self.first + 1, self.last))

    def gaps(self) -> str:
        """Returns the separators after its groups, without the last."""
        return "".join(self.chain.gap(at) for at in range(self.first, self.last - 1))

    def plain(self) -> bool:
        """Decides whether it is separated like one number: always equally, except for one end of line; no commas."""
        gaps = self.gaps()
        return gaps.count("\n") <= 1 and len({*gaps} - {"\n"}) <= 1 and _PLAIN.issuperset({*gaps} - {"\n"})

    def crowded(self, size: int) -> bool:
        """Decides whether a group of ``size`` characters stands right before or after it, as in a list."""
        before = self.chain.before
        around = [at for at in (self.first - 1, self.last) if 0 <= at < len(self.chain.spans)]
        return any(before[at + 1] - before[at] == size for at in around)


@lru_cache(maxsize=256)
def _gap(between: str) -> str:
    signs = {*between} - {" ", "\n"}
    if len(signs) > 1 or not _PLAIN.issuperset(signs):
        return ","
    if "\n" in between:
        return "\n"
    return signs.pop() if signs else " "


@lru_cache(maxsize=1)  # several finders need the chains of the same text
def chains(text: str) -> list[Chain]:
    """Returns the groups of digits of ``text`` (folded), as long as only separators are between them."""
    return [_chain(text, found) for found in _CHAIN.finditer(text) if found.end() - found.start() >= _SHORTEST]


def word_chains(text: str) -> Iterator[Chain]:
    """Yields the groups of letters and digits, as in an IBAN: every text is mostly one such chain."""
    return (_chain(text, found) for found in _WORDS.finditer(text) if found.end() - found.start() >= _SHORTEST)


def _chain(text: str, found: re.Match[str]) -> Chain:
    spans = tuple(group.span() for group in _ONE_GROUP.finditer(text, *found.span()))
    joined = _BETWEEN.sub("", found.group())
    before = tuple(accumulate((end - start for start, end in spans), initial=0))
    return Chain(text, joined, spans, before, dict(zip(before, range(len(before)), strict=True)))
