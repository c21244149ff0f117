"""Reads a message as a follow-up on the page in focus. Pure functions."""

import re
from enum import Enum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from actions.messages.aspects import Aspect, asked_in
from actions.messages.plain_words import plain
from actions.situation.reading import Facets, facts_in, without_facts
from core.entry import Entry
from core.yaml_text import table
from retrieval.terms.analysis import fold, term, terms, words

_SHORT = 4  # terms: "je suis fonctionnaire à l'hôpital de Lyon" is an answer; a longer message is a question
_SHORT_STEM = 3  # letters
_FILE = Path(__file__).with_name("follow_up_parser.yml")


class Kind(Enum):
    """The kind of a follow-up."""

    ASPECT = "aspect"
    SITUATION = "situation"
    EXPLAIN = "explain"
    MORE = "more"


class FollowUp(NamedTuple):
    """A message read as a follow-up on an entry.

    ``unexplained_terms``: those that neither the kind nor the entry's title explains; if there are none, it is certainly a
    follow-up. ``has_anaphora``: it begins with, or contains, a word that refers to earlier text.
    """

    kind: Kind | None
    aspect: Aspect | None
    facts: Facets
    unexplained_terms: frozenset[str]
    has_anaphora: bool


def is_short(text: str) -> bool:
    """Decides whether ``text`` is short enough to answer a question."""
    return len(terms(text)) <= _SHORT


def states(text: str) -> bool:
    """Decides whether ``text`` states something ("je gagne 1500 € par mois"), and asks for nothing."""
    folded = plain(text)
    return "?" not in text and pattern("statement").match(folded) is not None and pattern("asks").search(folded) is None


def as_follow_up(text: str, entry: Entry) -> FollowUp:
    """Returns ``text`` read as a follow-up on ``entry``."""
    # SMS writing is expanded first: without it, of 97 short follow-ups in the registers of telephones and letters, 42 were
    # understood.
    folded = plain(text)
    aspect, unasked = asked_in(folded)
    facts = facts_in(folded)
    has_anaphora = bool(pattern("begins").match(folded) or pattern("refers").search(folded))
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
    said_of = frozenset(made for word in words(without_facts(unasked)) if not _is_empty(word) and (made := term(word)))
    title = frozenset(terms(entry.title))
    return FollowUp(kind, aspect, facts, said_of - title, has_anaphora)


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Returns one expression for the patterns called ``name`` in the file, for folded text."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(table(_FILE)[name])})(?!\w)")


def _is_empty(word: str) -> bool:
    """Decides whether ``word`` names no subject. A short stem may belong to another word: that of "vis" is that of "visa"."""
    named, stems = _empty()
    return word.isdigit() or fold(word) in named or (len(term(word)) > _SHORT_STEM and term(word) in stems)


@cache
def _empty() -> tuple[frozenset[str], frozenset[str]]:
    listed = str(table(_FILE)["empty"])
    return frozenset(map(fold, words(listed))), frozenset(terms(listed))
