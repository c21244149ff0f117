"""One regular expression for many alternatives, which tries at each place of a text only those that begin with its letter.

Python tries alternatives one after the other. Where they begin with a letter, and each letter stands once, it skips the others.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_REPEATED = frozenset("?*+{")


def longest_of(names: Iterable[str]) -> str:
    """Returns an expression that matches the longest of ``names``, of which none is empty.

    It matches what ``"|".join(names)`` matches where the longest names come first.
    """
    return _trie(dict.fromkeys(names))


def first_of(patterns: Sequence[str]) -> str:
    """Returns an expression that matches what ``"|".join(patterns)`` does: the first one that fits, of equal beginnings too.

    Patterns without groups that are remembered. Those that begin with a letter, or with a choice between letters, are brought
    together by it; the others keep their place among them.
    """
    done: list[str] = []
    by_letter = defaultdict[str, list[str]](list)
    for one in chain.from_iterable(map(_split, patterns)):
        begins = _begins(one)
        if begins:
            for letter, rest in begins:
                by_letter[letter].append(rest)
        else:
            done += _written(by_letter)
            done.append(one)
            by_letter.clear()
    done += _written(by_letter)
    return _either(done)


def _written(by_letter: dict[str, list[str]]) -> list[str]:
    return [f"{letter}{rests[0] if len(rests) == 1 else _either(rests)}" for letter, rests in by_letter.items()]


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def _begins(pattern: str) -> list[tuple[str, str]]:
    """Returns the first letters of ``pattern`` (one alternative), each with what follows; empty if others may be first."""
    if pattern[:1].isalnum():
        return [] if pattern[1:2] in _REPEATED and pattern[1:2] else [(pattern[0], pattern[1:])]
    if not pattern.startswith("(?:"):
        return []
    end = next(at for at, depth in _depths(pattern) if depth == 0 and pattern[at] == ")")
    inner, rest = pattern[3:end], pattern[end + 1 :]
    if rest[:1] in _REPEATED and rest[:1]:
        return []
    by_letter = defaultdict[str, list[str]](list)
    for one in _split(inner):
        begins = _begins(one)
        if not begins:
            return []
        for letter, behind in begins:
            by_letter[letter].append(behind)
    return [(letter, _either(some) + rest) for letter, some in by_letter.items()]


def _split(pattern: str) -> list[str]:
    """Returns the alternatives of ``pattern``."""
    cuts = [at for at, depth in _depths(pattern) if depth == 0 and pattern[at] == "|"]
    return [pattern[start + 1 : end] for start, end in zip([-1, *cuts], [*cuts, len(pattern)], strict=True)]


def _depths(pattern: str) -> Iterator[tuple[int, int]]:
    """Yields each position that is neither escaped nor in brackets, and how many groups are open after it."""
    depth = 0
    brackets = escaped = False
    for at, sign in enumerate(pattern):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif brackets:
            brackets = sign != "]"
        else:
            brackets = sign == "["
            depth += (sign == "(") - (sign == ")")
            yield at, depth


def _trie(names: Iterable[str]) -> str:
    rests = defaultdict[str, list[str]](list)
    for name in names:
        rests[name[:1]].append(name[1:])
    ends = rests.pop("", None)
    each = [re.escape(first) + (_trie(some) if any(some) else "") for first, some in rests.items()]
    if ends is None and len(each) == 1:
        return each[0]
    return _either(each) + ("?" if ends else "")
