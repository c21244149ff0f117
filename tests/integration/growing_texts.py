"""Texts made to be hard for one regular expression: pieces of what it matches, said again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from re import _constants as codes
from re import _parser as parser
from typing import Any, NamedTuple

_ANY = "a 1.,-'\né!?(*z"
_OF_CATEGORY = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: ".",
}
_IN_CATEGORY: dict[Any, Callable[[str], bool]] = {
    codes.CATEGORY_DIGIT: str.isdigit,
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_WORD: str.isalnum,
    codes.CATEGORY_NOT_SPACE: lambda character: not character.isspace(),
    codes.CATEGORY_NOT_WORD: lambda character: not character.isalnum(),
    codes.CATEGORY_NOT_DIGIT: lambda character: not character.isdigit(),
}
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
# Said again and again, whatever the pattern: one character, one letter words, marks.
PLAIN = (*" a1.,\n'-?!", "a ", "1 ", ". ", "a.", "aa ")
_END = "\0"  # matches nothing that citizens write


class Growing(NamedTuple):
    """``begin`` once, ``again`` as often as there is room, ``end`` once."""

    begin: str
    again: str
    end: str

    def of_length(self, size: int) -> str:
        """The text with at most ``size`` characters before its end, if that is room for one piece. All pieces are whole: half a
        word at the end may be another word ("pr" of "prostitua"), and cost more in one of two texts that are compared.
        """
        return self.begin + self.again * max(1, (size - len(self.begin)) // len(self.again)) + self.end


def growing_texts(pattern: str, flags: int) -> Iterator[Growing]:
    """Yields texts that repeat what ``pattern`` matches, parts of it, and the body of each loop behind what leads to it."""
    rng = random.Random(1)
    loops: dict[tuple[str, str], None] = {}
    tree = parser.parse(pattern, flags)
    whole = [text for text in dict.fromkeys(_sample(tree, rng, loops, "") for _ in range(30)) if text]
    parts = dict.fromkeys(text[: rng.randrange(1, len(text) + 1)] for text in whole for _ in range(3))
    led_to = [(begin, body) for begin, body in loops if body]
    bodies = list(dict.fromkeys(body for _, body in led_to))[:20]
    yield from (Growing(begin, body, _END) for begin, body in rng.sample(led_to, min(len(led_to), 100)))
    for text in dict.fromkeys((*PLAIN, *bodies, *whole[:20], *list(parts)[:40])):
        yield from (Growing("", again, end) for again in (text, f"{text} ") for end in ("", _END))
    yield from (Growing(begin, body, _END) for begin in whole[:10] for body in bodies[:10])


def _sample(tree: Any, rng: random.Random, loops: dict[tuple[str, str], None], before: str) -> str:
    """Returns one text that ``tree`` matches, but for what it looks for ahead and behind; notes its ``loops``, each with what
    stands before it. ``before``: what stands before all of it."""
    text = ""
    for code, value in tree:
        text += _one(code, value, rng, loops, before + text)
    return text


def _one(code: Any, value: Any, rng: random.Random, loops: dict[tuple[str, str], None], before: str) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return rng.choice([character for character in _ANY if ord(character) != value])
    if code is codes.ANY:
        return rng.choice("a 1")
    if code is codes.IN:
        return _of_set(value, rng)
    inner = value[1] if code is codes.BRANCH else [value[3]] if code is codes.SUBPATTERN else [value]
    if code in (codes.BRANCH, codes.SUBPATTERN, codes.ATOMIC_GROUP):
        return _sample(rng.choice(inner), rng, loops, before)
    if code not in _REPEATS:
        return ""
    least, most, body = value
    if most > 1:
        loops[before, _sample(body, rng, loops, before)] = None
    text = ""
    for _ in range(max(least, rng.choice((least, min(most, least + 1))))):
        text += _sample(body, rng, loops, before + text)
    return text


def _of_set(items: list[Any], rng: random.Random) -> str:
    if items[0][0] is codes.NEGATE:
        return rng.choice([one for one in _ANY if not any(_holds(item, one) for item in items[1:])] or ["¤"])
    code, value = rng.choice(items)
    if code is codes.LITERAL:
        return chr(value)
    return chr(value[0]) if code is codes.RANGE else _OF_CATEGORY[value]


def _holds(item: Any, character: str) -> bool:
    code, value = item
    if code is codes.LITERAL:
        return bool(ord(character) == value)
    if code is codes.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    return _IN_CATEGORY[value](character)
