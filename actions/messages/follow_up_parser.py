"""Whether a message goes on about the subject, and how: pure functions of the message and of the entry talked about."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from actions.messages.aspects import Aspect, asked_in
from actions.messages.plain_words import plain
from actions.situation.reading import Facets, said, unsaid
from core.entry import Entry, passages
from core.yaml_text import load as load_yaml
from retrieval.lexical.analysis import fold, term, terms, terms_among, words

_SHORT = 4  # terms: "je suis fonctionnaire à l'hôpital de Lyon" is an answer, what is longer is a question
_SHORT_STEM = 3  # letters
_FILE = Path(__file__).with_name("follow_up_parser.yml")


class Kind(Enum):
    """What a follow-up wants."""

    ASPECT = "aspect"
    SITUATION = "situation"
    EXPLAIN = "explain"
    MORE = "more"


class FollowUp(NamedTuple):
    """How a message hangs on to the subject.

    ``rest`` are its terms that neither the kind nor the entry's title accounts for: where there are none, it is a follow-up for
    sure. ``named``: it names the entry's own subject. ``linked``: it begins with, or holds, a word that refers to what was said
    before.
    """

    kind: Kind | None
    aspect: Aspect | None
    facts: Facets
    rest: frozenset[str]
    named: bool
    linked: bool


def is_short(text: str) -> bool:
    """Decides whether ``text`` is short enough to answer a question."""
    return len(terms(text)) <= _SHORT


def follow_up(text: str, entry: Entry) -> FollowUp:
    """Returns what ``text`` would be as a follow-up on ``entry``."""
    # Spelled out first: of 97 short follow-ups in the registers of telephones and letters, 42 were wholly understood before.
    folded = plain(text)
    aspect, unasked = asked_in(folded)
    facts = said(folded)
    linked = bool(pattern("begins").match(folded) or pattern("refers").search(folded))
    if pattern("explain").search(folded):
        kind: Kind | None = Kind.EXPLAIN
    elif pattern("more").search(folded):
        kind = Kind.MORE
    elif aspect:
        kind = Kind.ASPECT
    else:
        kind = Kind.SITUATION if facts else None
    if kind in (Kind.EXPLAIN, Kind.MORE):
        unasked = pattern("more").sub(" ", pattern("explain").sub(" ", folded))
    said_of = frozenset(made for word in words(unsaid(unasked)) if not _is_empty(word) and (made := term(word)))
    title = frozenset(terms(entry.title))
    return FollowUp(kind, aspect, facts, said_of - title, bool(said_of & title), linked)


def in_headings(entry: Entry, wanted: frozenset[str]) -> bool:
    """Decides whether each of ``wanted`` stands in a heading or a case of ``entry``; false where there are none."""
    return bool(wanted) and wanted <= headed(entry)


def headed(entry: Entry) -> set[str]:
    """Returns the terms of all headings and cases of ``entry``."""
    return terms_among("\n".join(name for passage in passages(entry) for name in (*passage.headings, *passage.cases)))


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Any of the patterns called ``name`` in the file, for folded text."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_file()[name])})(?!\w)")


def _is_empty(word: str) -> bool:
    """Decides whether ``word`` names no subject; a short stem is another word's too: that of "vis" is that of "visa"."""
    named, stems = _empty()
    return fold(word) in named or (len(term(word)) > _SHORT_STEM and term(word) in stems)


@cache
def _empty() -> tuple[frozenset[str], frozenset[str]]:
    listed = str(_file()["empty"])
    return frozenset(map(fold, words(listed))), frozenset(terms(listed))
