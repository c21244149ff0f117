"""Step: the citizen turns to another subject, or corrects the question. Decides by search and by words whether a message is
about the page in focus or begins a new subject.
"""

from __future__ import annotations

from actions.messages.file_questions import addresses_us
from actions.messages.follow_up_classifier import follow_up_features, is_follow_up
from actions.messages.follow_up_parser import FollowUp, as_follow_up, is_short, pattern, states
from actions.messages.plain_words import plain, respelled
from actions.messages.topic_switch import corrected, turned_to
from actions.replies.style import PAGES
from actions.situation.reading import flat
from actions.turn.turn import Turn
from core.decision_trace import note
from core.entry import Entry
from retrieval.contracts import RetrievalResult
from retrieval.terms.analysis import terms

_AGREEING = 3  # found pages that are about what the message names
# Confidence of the search for the message alone from which it is a question of its own, for a statement ("je gagne 1500 € par
# mois") and for anything else; and how much surer the search for the question before and the message must be.
_MOST_STATED, _MOST_ASKED, _SURER_STATED, _SURER_ASKED = 0.75, 0.3, 0.2, 0.4


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
    if (
        is_follow_up(features, alone.decision, with_page)
        or _repeats_itself(turn)
        or _names_offered(turn, found, alone)
        or _adds_to_question(turn, entry, found, alone)
    ):
        return alone
    return None


def _adds_to_question(turn: Turn, entry: Entry, found: FollowUp, alone: RetrievalResult) -> bool:
    """Decides whether the message only adds to the question before, on a page that was shown or offered."""
    both = _with_question_before(turn, alone)
    if both is None or turn.focus is None or both.hits[0].entry_id not in (entry.id, *turn.focus.offered):
        return False
    wanted = found.unexplained_terms
    if states(turn.text):
        return True
    is_title = bool(alone.hits) and wanted <= set(terms(alone.hits[0].title))  # "et la carte grise ?"
    return not is_title and bool(turn.retriever.spoken(entry, wanted))


def _names_offered(turn: Turn, found: FollowUp, alone: RetrievalResult) -> bool:
    """Decides whether the message is about one of the pages offered: "mon congé dure combien de temps ?", of which "Le congé de
    maternité" was offered to a citizen who is pregnant.
    """
    focus, wanted = turn.focus, found.unexplained_terms
    if focus is None or focus.entry or not focus.query or not wanted or alone.decision == "answered":
        return False
    both = turn.search.glimpse(f"{focus.query} {respelled(turn.text)}", PAGES)
    first = both.hits[0] if both.hits else None
    return first is not None and first.entry_id in focus.offered and wanted <= set(terms(first.title))


def _with_question_before(turn: Turn, alone: RetrievalResult) -> RetrievalResult | None:
    """Returns the result for the question before and the message together; ``None`` if the message is a question of its own:
    the search is sure of it, or hardly surer of both together.

    ``alone`` is the result for the message.
    """
    focus, stated = turn.focus, states(turn.text)
    question = (focus.opened_by or focus.query) if focus else ""
    if not question or alone.decision == "answered" or alone.confidence >= (_MOST_STATED if stated else _MOST_ASKED):
        return None
    both = turn.search.glimpse(turn.completed, PAGES)
    surer = both.confidence >= alone.confidence + (_SURER_STATED if stated else _SURER_ASKED)
    return both if both.hits and surer else None


def completed_question(turn: Turn) -> Turn | None:
    """Continues with the question before and a statement as one question, if that leads to another page."""
    focus = turn.focus
    if focus is None or not states(turn.text):
        return None
    both = _with_question_before(turn, turn.search.pages(turn.text, PAGES))
    if both is None or both.hits[0].entry_id == focus.entry:
        return None
    note("completed", query=focus.opened_by or focus.query)
    return turn.hearing().asking(turn.completed)


def is_about_page(turn: Turn) -> bool:
    """Decides by words alone whether a message that sounds like one to the service is about the page in focus ("à la mairie ?",
    "comment lui écrire ?"): it addresses nobody here, and the page has all its words, or a pronoun stands for somebody there.
    """
    entry, folded = turn.entry_in_focus(), plain(turn.text)
    if entry is None or addresses_us(folded) or not is_short(turn.text):
        return False
    wanted = set(terms(folded))
    return pattern("third_person").search(folded) is not None or turn.retriever.spoken(entry, wanted) == wanted


def is_told(turn: Turn) -> bool:
    """Decides whether a message that sounds like a command to the service is about the citizen's matter: it states something
    ("j'ai vendu la voiture avant"), and a page has its words as its title; or it asks for a duty ("faut parler français ?").
    """
    folded = plain(turn.text)
    if turn.focus is None:
        return False
    if pattern("duty").search(folded):
        return not addresses_us(folded)
    if not states(turn.text):
        return False
    result = turn.search.glimpse(turn.text, PAGES)
    own = set(terms(pattern("of_a_choice").sub(" ", pattern("of_the_talk").sub(" ", folded))))
    return bool(result.hits) and not own.isdisjoint(terms(result.hits[0].title))


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
    query = turned_to(turn.text) or ("" if _repeats_itself(turn) else corrected(turn.text, before))
    if not query:
        return None
    note("turned", query=query)
    return turn.about(None).asking(query)


def _repeats_itself(turn: Turn) -> bool:
    """Decides whether "j'ai dit …" repeats words of the question or of the page in focus: they were not heard, and the subject
    stays.
    """
    folded, entry, focus = flat(turn.text), turn.entry_in_focus(), turn.focus
    found = pattern("said_before").search(folded)
    if entry is None or focus is None or found is None:
        return False
    repeated = set(terms(folded[found.end() :]))
    said = {*terms(f"{focus.opened_by} {focus.query} {focus.latest}"), *turn.retriever.spoken(entry, repeated)}
    return 2 * len(repeated & said) > len(repeated)
