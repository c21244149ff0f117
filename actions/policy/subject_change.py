"""Step: the citizen turns to another subject, or corrects the question. Decides by search and by words whether a message is
about the page in focus or begins a new subject.
"""

from __future__ import annotations

from actions.messages.file_questions import addresses_us
from actions.messages.follow_up_classifier import follow_up_features, is_follow_up
from actions.messages.follow_up_parser import FollowUp, as_follow_up, is_short, pattern
from actions.messages.plain_words import plain
from actions.messages.topic_switch import corrected, turned_to
from actions.replies.style import PAGES
from actions.turn.turn import Turn
from core.decision_trace import note
from core.entry import Entry
from retrieval.contracts import RetrievalResult
from retrieval.terms.analysis import terms

_AGREEING = 3  # found pages that are about what the message names


def begins_new_subject(turn: Turn, entry: Entry) -> bool:
    """Decides whether the message names another subject than that of ``entry``."""
    found = as_follow_up(turn.text, entry)
    return bool(found.unexplained_terms or found.kind is None) and result_if_follow_up(turn, entry, found) is None


def result_if_follow_up(turn: Turn, entry: Entry, found: FollowUp) -> RetrievalResult | None:
    """Returns the result for the message alone; ``None`` if this result and the wording indicate another subject.

    ``found`` is the message read as a follow-up on ``entry``.
    """
    text = turn.text
    alone = turn.search.pages(text, PAGES)
    if pattern("same_for").match(plain(text)) and any(found.unexplained_terms == set(terms(hit.title)) for hit in alone.hits):
        return None  # "et pour un passeport ?": a page has exactly this name as its title
    if alone.unknown or names_another(text, found, alone):  # "asdfgh" means none of the pages that were offered
        return None
    spoken = turn.retriever.spoken(entry, found.unexplained_terms)
    features = follow_up_features(text, entry, found, alone, spoken)
    with_page = lambda: turn.search.pages_behind_title(entry, text, PAGES).confidence  # noqa: E731
    return alone if is_follow_up(features, alone.decision, with_page) else None


def is_about_page(turn: Turn) -> bool:
    """Decides by words alone whether a message that sounds like one to the service is about the page in focus ("à la mairie ?",
    "comment lui écrire ?"): it addresses nobody here, and the page has all its words, or a pronoun stands for somebody there.
    """
    entry, folded = turn.entry_in_focus(), plain(turn.text)
    if entry is None or addresses_us(folded) or not is_short(turn.text):
        return False
    wanted = set(terms(folded))
    return pattern("third_person").search(folded) is not None or turn.retriever.spoken(entry, wanted) == wanted


def names_another(text: str, found: FollowUp, alone: RetrievalResult) -> bool:
    """Decides whether ``text`` names another subject: none of its words refers back, it has a sure answer, and it names what
    all found pages are about.

    "Passeport pour bébé" is no follow-up on a lost identity card, although a heading of that page has the word.
    """
    folded = plain(text)
    # "C'est la tva", about a letter that might concern other taxes: a bare name gets no sure answer.
    presented = pattern("presents").match(folded)
    if presented:
        folded = folded[presented.end() :]
    elif alone.decision != "answered":
        return False
    if found.kind is not None or found.has_anaphora or found.names_entry or not found.unexplained_terms:
        return False
    if pattern("stands_in").search(folded) or pattern("points").search(folded) or pattern("turns").match(folded):
        return False
    return all(found.unexplained_terms <= set(terms(hit.title)) for hit in alone.hits[:_AGREEING])


def topic_switch(turn: Turn) -> Turn | None:
    """Continues with the new question, without the previous subject."""
    before = turn.focus.query if turn.focus else ""
    query = turned_to(turn.text) or corrected(turn.text, before)
    if not query:
        return None
    note("turned", query=query)
    return turn.about(None).asking(query)
