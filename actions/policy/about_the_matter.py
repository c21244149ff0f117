"""Decides whether a message that sounds like one to the service is about the citizen's matter."""

from actions.messages.file_questions import addresses_us
from actions.messages.follow_up_parser import is_short, pattern, states
from actions.messages.plain_words import plain
from actions.replies.style import PAGES
from actions.turn.turn import Turn
from retrieval.terms.analysis import terms


def is_about_page(turn: Turn) -> bool:
    """Decides by words alone whether a message that sounds like one to the service is about the page in focus ("à la mairie ?",
    "comment lui écrire ?"): it addresses nobody here, and the page has all its words, or a pronoun stands for somebody there.
    """
    entry, folded = turn.entry_in_focus(), plain(turn.text)
    if entry is None or addresses_us(folded) or not is_short(turn.text):
        return False
    wanted = set(terms(folded))
    return pattern("third_person").search(folded) is not None or turn.retriever.spoken(entry, wanted) == wanted


def adds_to_question(turn: Turn) -> bool:
    """Decides whether a message that sounds like one to the service goes on about the question before it: it supposes something
    ("et si je peux pas venir le jour du vote"), tells of somebody else ("elle est espagnole"), or names another thing ("et ma
    carte d'identité était dedans aussi").
    """
    folded = plain(turn.text)
    if not turn.question_before or addresses_us(folded):
        return False
    tells = states(turn.text) and pattern("tells_of_another").match(folded) is not None
    return tells or any(pattern(name).match(folded) is not None for name in ("supposes", "too"))


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
