"""The aspect of a page that a question asks for (cost, delay, papers, an end, a loss …), and the parts of the page about it."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from core.text.alternatives import first_of
from core.yaml_text import load as load_yaml
from retrieval.terms.analysis import fold

_FILE = Path(__file__).with_name("aspects.yml")
_LONGEST = 2_000  # characters of a question, also if folding has made it longer
_VALIDITY = re.compile(r"\bvali(?:de|dite)s?\b|\bvalables?\b")
_WORD_BEGINS = r"\b"
MOST = 1.5  # the most that particular aspects count for one heading


class Aspect(NamedTuple):
    """Patterns for folded text: of questions, of headings, and (for general aspects only) of texts."""

    asked: re.Pattern[str]
    heading: re.Pattern[str]
    text: re.Pattern[str] | None


@cache
def _by_name() -> Mapping[str, Aspect]:
    content: dict[str, dict[str, list[str]]] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return {
        name: Aspect(_either(words["asked"]), _either(words["heading"]), _either(words["text"]) if "text" in words else None)
        for name, words in content.items()
    }


def aspects() -> tuple[Aspect, ...]:
    """Returns all aspects."""
    return tuple(_by_name().values())


def asked_of_page(question: str) -> list[Aspect]:
    """Returns the aspects that ``question`` asks for, often none."""
    folded = fold(question)[:_LONGEST]
    return [aspect for aspect in aspects() if aspect.asked.search(folded)]


def asks_how_long_it_takes(question: str) -> bool:
    """Decides whether ``question`` asks how long one waits for something (aspect ``waiting``), and not how long it is valid."""
    folded = fold(question)[:_LONGEST]
    return bool(_by_name()["waiting"].asked.search(folded)) and not states_validity(question)


def states_validity(text: str) -> bool:
    """Decides whether ``text`` says how long something is valid, or asks for it."""
    return bool(_VALIDITY.search(fold(text)[:_LONGEST]))


def asking_words(question: str, asked: Sequence[Aspect]) -> str:
    """Returns the words of ``question`` (folded) that ask for the general ones among the aspects ``asked``."""
    folded = fold(question)
    return " ".join(found[0] for aspect in asked if aspect.text for found in aspect.asked.finditer(folded))


def in_heading(asked: Sequence[Aspect], heading: str) -> bool:
    """Decides whether ``heading`` announces one of the general aspects ``asked``: those that texts can show too (cost, delay,
    papers …).
    """
    folded = fold(heading)
    return any(aspect.heading.search(folded) for aspect in asked if aspect.text)


def stands_out(asked: Sequence[Aspect], headings: Sequence[str]) -> list[float]:
    """Returns, for each of a page's ``headings``, how distinctively it announces the particular aspects ``asked``, from 0 to
    ``MOST``.

    A particular aspect (an end, a loss, a refund …) is divided among the headings that announce it.
    """
    folded = [fold(heading) for heading in headings]
    total = [0.0] * len(folded)
    for aspect in asked:
        if aspect.text:
            continue
        found = [bool(aspect.heading.search(heading)) for heading in folded]
        total = [before + one / max(sum(found), 1) for before, one in zip(total, found, strict=True)]
    return [min(one, MOST) for one in total]


def in_texts(asked: Sequence[Aspect], texts: Sequence[str]) -> bool:
    """Decides whether one of ``texts`` mentions one of the aspects ``asked``."""
    patterns = [aspect.text for aspect in asked if aspect.text]
    return bool(patterns) and any(pattern.search(text) for text in map(fold, texts) for pattern in patterns)


def _either(alternatives: Sequence[str]) -> re.Pattern[str]:
    """Returns one pattern for ``alternatives``; a run of those that begin a word looks for its beginning once."""
    runs = groupby(alternatives, lambda one: one.startswith(_WORD_BEGINS))
    pieces = (
        f"{_WORD_BEGINS}{first_of([one.removeprefix(_WORD_BEGINS) for one in run])}" if begins else "|".join(run)
        for begins, run in runs
    )
    return re.compile("|".join(pieces))
