"""What a question asks of a page (cost, delay, papers …), and whether a part of the page says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from retrieval.lexical.analysis import fold

_FILE = Path(__file__).with_name("passage_aspects.yml")


class Aspect(NamedTuple):
    """Patterns for folded text: of questions, of headings, of texts."""

    asked: re.Pattern[str]
    heading: re.Pattern[str]
    text: re.Pattern[str]


@cache
def aspects() -> tuple[Aspect, ...]:
    """All that there are."""
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(Aspect(*(re.compile("|".join(told[part])) for part in Aspect._fields)) for told in content.values())


def asked_of_page(question: str) -> list[Aspect]:
    """The aspects that ``question`` asks for, often none."""
    folded = fold(question)
    return [aspect for aspect in aspects() if aspect.asked.search(folded)]


def in_heading(asked: Sequence[Aspect], heading: str) -> bool:
    """Whether ``heading`` announces one of the aspects ``asked``."""
    folded = fold(heading)
    return any(aspect.heading.search(folded) for aspect in asked)


def in_texts(asked: Sequence[Aspect], texts: Sequence[str]) -> bool:
    """Whether one of ``texts`` says something of one of the aspects ``asked``."""
    if not asked:
        return False
    folded = [fold(text) for text in texts]
    return any(aspect.text.search(text) for aspect in asked for text in folded)
