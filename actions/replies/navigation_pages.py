"""Navigates within and between pages: chapters that a question names, passages that only link to another page."""

import re

from actions.messages.aspects import passages_on
from actions.messages.follow_up_parser import as_follow_up
from actions.replies.piece_sets import is_bracketed
from actions.replies.truncated_description import is_description, whole
from actions.situation.matching import borne_out, named_in
from actions.situation.reading import Facets, demanded, facts_in
from core.entry import Entry, passages
from retrieval.contracts import Retriever
from retrieval.terms.analysis import fold

_ONLY_A_LINK = re.compile(r"(?:[-*] )?\[[^\]]+\]\(\S*/([A-Z]\d+)\)\.?")


def says_nothing(entry: Entry, order: int) -> bool:
    """Decides whether passage ``order`` only repeats the title, breaks off at once, or is a remark ("(en timbre fiscal)")."""
    text = passages(entry)[order].markdown.strip()
    repeats_title = fold(text).strip(" .:") == fold(entry.title).strip(" .:")
    is_broken = is_description(entry, order) and not whole(entry.description)
    return is_broken or repeats_title or is_bracketed(text)


def leads_to(entry: Entry, order: int) -> str:
    """Returns the id of the page that passage ``order`` of ``entry`` links to, if the passage is only a link; else ""."""
    found = _ONLY_A_LINK.fullmatch(passages(entry)[order].markdown.strip())
    return found[1] if found else ""


def in_chapter(retriever: Retriever, entry: Entry, found: int, query: str) -> int:
    """Returns ``found``, or the best passage of the chapter that ``query`` names: "faute grave" is not "faute simple".

    If ``query`` names no chapter, but ``found`` is for another situation ("À 14 ans", for a son of 16), the best passage for
    the situation in ``query`` is returned.
    """
    chapters: dict[str, list[int]] = {}
    for passage in passages(entry):
        if passage.headings:
            chapters.setdefault(passage.headings[0], []).append(passage.order)
    number = named_in(list(chapters), query)
    orders = list(chapters.values())[number] if number is not None else _meant_for(entry, found, query)
    return found if not orders or found in orders else retriever.best_passage(entry, query, orders)


def _meant_for(entry: Entry, found: int, query: str) -> list[int]:
    """Returns the passages under headings for the situation in ``query``; none if ``found`` may be for that situation."""
    facts = facts_in(query)
    excluded = any(
        facet in facts and not facts[facet] & values
        for heading in passages(entry)[found].headings
        for facet, values in demanded(heading).items()
    )
    return orders_headed_for(entry, facts) if excluded else []


def orders_headed_for(entry: Entry, facts: Facets) -> list[int]:
    """Returns the orders of the passages of ``entry`` under a heading for the situation ``facts``."""
    return [one.order for one in passages(entry) if any(borne_out(demanded(heading), facts) for heading in one.headings)]


def detail(entry: Entry, question: str) -> int | None:
    """Returns the passage of ``entry`` for the follow-up ``question``; ``None`` if it is no follow-up on the page."""
    found = as_follow_up(question, entry)
    if found.aspect is None or found.unexplained_terms or found.names_entry:
        return None
    return next(iter(passages_on(entry, found.aspect)), None)
