"""Aspects that a follow-up asks for (cost, place, papers …), and the passages of a page about them."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from actions.messages.plain_words import plain
from actions.situation.reading import flat
from core.entry import Entry, passages
from core.text.markdown import plain as without_marks
from core.yaml_text import table

_FILE = Path(__file__).with_name("aspects.yml")
_LAST = re.compile(r"~(?=$|\(\?:[^~]*\)\?$)")
_LONGEST = 1_000  # characters; a longer message asks for more than an aspect of the page in focus
_LED_ON = 6  # small words between two asking words


class Aspect(NamedTuple):
    """One kind of follow-up question. ``headings`` are in order of preference."""

    name: str
    said: re.Pattern[str]
    headings: tuple[re.Pattern[str], ...]
    text: re.Pattern[str]

    def is_said_in(self, text: str) -> bool:
        """Decides whether ``text`` (Markdown) states it: "86 €" is a cost, and "%" in the address of a link is not."""
        return self.text.search(flat(without_marks(text, links=False))) is not None


@cache
def aspects() -> dict[str, Aspect]:
    """Returns all aspects by name, in the order in which they are tried."""
    content = table(_FILE)
    return {
        name: Aspect(
            name,
            _said(told["said"], content["leading_on"].split()),
            tuple(re.compile(rf"\b{one}") for one in told["heading"]),
            re.compile("|".join(told["text"])),
        )
        for name, told in content.items()
        if name != "leading_on"
    }


def _said(patterns: Sequence[str], small: Sequence[str]) -> re.Pattern[str]:
    words = rf"(?:[ '-]++(?:{'|'.join(sorted(set(small), key=len, reverse=True))})(?!\w))"
    # A quantifier at the end of a pattern, or before an optional word, is possessive. Before other words it is bounded:
    # otherwise "je dois en en en …" would be tried in too many ways.
    last, between = f"{words}*+", f"{words}{{0,{_LED_ON}}}"
    led = (_LAST.sub(lambda _: last, pattern).replace("~", between) for pattern in patterns)
    # The boundaries before and after are written once, not for each pattern: this takes a quarter of the time. All patterns
    # begin with a word: they are tried at no mark.
    return re.compile(rf"(?<!\w)(?=\w)(?:{'|'.join(led)})(?!\w)")


def asked_in(text: str) -> tuple[Aspect | None, str]:
    """Returns the aspect that ``text`` asks for, if any, and its folded words without the asking ones."""
    folded = flat(text)
    if len(folded) > _LONGEST:
        return None, folded
    for aspect in aspects().values():
        rest, found = aspect.said.subn(" ", folded)
        if found:
            return aspect, rest
    return None, folded


def names_nothing(text: str) -> bool:
    """Decides whether ``text`` asks for an aspect ("c'est payant ?") without naming its subject."""
    aspect, subject = asked_in(plain(text))
    return aspect is not None and not re.search(r"[^\W_]{2}", subject)


def passages_on(entry: Entry, aspect: Aspect) -> list[int]:
    """Returns the orders of the passages of ``entry`` about ``aspect``, best first: by heading, then by text."""
    ranked: list[tuple[float, int, int]] = []
    for passage in passages(entry):
        rank = _rank(aspect, [flat(heading) for heading in passage.headings])
        says = aspect.is_said_in(passage.markdown)
        if rank is not None or says:
            ranked.append((rank if rank is not None else len(aspect.headings), 0 if says else 1, passage.order))
    # A heading alone counts less than a text that says it, under a heading a little further down the list.
    return [order for _, _, order in sorted(ranked, key=lambda one: (one[0] + 3 * one[1], one[2]))]


def _rank(aspect: Aspect, headings: Sequence[str]) -> float | None:
    """Returns the rank of the best heading in the order of preference; an outer heading counts a little less, and so does one
    that only ends with it ("Révision du montant").
    """
    ranks = [
        number + 0.5 * depth + 0.4 * (found.start() > 0)
        for depth, heading in enumerate(reversed(headings))
        for number, pattern in enumerate(aspect.headings)
        if (found := pattern.search(heading))
    ]
    return min(ranks, default=None)
