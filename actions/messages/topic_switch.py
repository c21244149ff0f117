"""Finds the question in a message that announces another subject, corrects a misunderstanding, or refuses a page. Pure."""

import re

from actions.messages.aspects import asked_in
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.situation.reading import flat, folded_and_plain, without_facts
from retrieval.terms.analysis import terms

_BETWEEN = " ,.;:!?-"
_FEWEST_TERMS = 2
_SENTENCES = re.compile(r"[.:;!\n]+|(?<=\?)")


def asked_besides(text: str) -> str:
    """Returns the question in ``text`` without courtesies and announcement ("une autre chose :"); empty if there is none.

    A question about the conversation itself ("on peut changer de sujet ?") does not count.
    """
    if anew := turned_to(text):
        return anew
    parts = [part.strip(" ,-") for part in _SENTENCES.split(" ".join(text.split()))]
    asked = [part for part in parts if part.endswith("?") and terms(part) and not pattern("of_the_talk").search(plain(part))]
    return " ".join(asked)


def corrected(text: str, before: str) -> str:
    """Returns the question in ``text`` if it corrects the question ``before``; empty if it does not, or names nothing.

    The old question is asked about the new subject: "combien de temps pour un passeport", "non je voulais dire la carte".
    """
    folded, said = folded_and_plain(text)
    found = pattern("corrects").match(folded)
    if found is None:
        return ""
    rest = said[found.end() :].lstrip(_BETWEEN)
    if other := pattern("and_not").search(folded, found.end()):  # "de l'aide à domicile, pas la maison de retraite"
        rest = said[found.end() : other.start()].strip(_BETWEEN)
    aspect, subject = asked_in(plain(rest))
    if not terms(without_facts(subject)):
        return ""  # "je voulais dire pour un mineur": the subject stays
    asked = asked_in(plain(before))[0] if before and aspect is None else None
    asking = asked.said.search(plain(before)) if asked else None
    return f"{rest} {asking.group()}" if asking else rest


def turned_to(text: str) -> str:
    """Returns the question in ``text`` after an announced change of subject, or return to one; empty if there is no
    announcement, or nothing else.
    """
    folded, said = folded_and_plain(text)
    turned = pattern("turns_to").match(folded) or pattern("returns_to").match(folded)
    if turned is None:
        return ""
    rest = said[turned.end() :].lstrip(_BETWEEN)
    aspect, subject = asked_in(plain(rest))
    if aspect is not None and not terms(subject):
        return ""  # "dernière question : combien ça coûte ?": it names no subject, so it is about the page in focus
    return rest if terms(rest) else ""


def is_return(text: str) -> bool:
    """Decides whether ``text`` announces that it returns to an earlier subject."""
    return pattern("returns_to").match(flat(text)) is not None


def named_instead(text: str) -> str:
    """Returns what ``text`` asks for after it has refused something; empty if it only refuses."""
    (folded, said), end = folded_and_plain(text), 0
    while refused := pattern("refuses").match(folded, end):
        end = refused.end()
        end += len(folded[end:]) - len(folded[end:].lstrip(_BETWEEN))
    rest = said[end:]
    return rest if end and pattern("names_a_thing").match(folded, end) and terms(rest) else ""


def tells(text: str) -> bool:
    """Decides whether ``text`` states something by a negation and refuses nothing: "l'autre conducteur n'est pas assuré"."""
    return pattern("refuses").match(flat(text)) is None and len(set(terms(text))) >= _FEWEST_TERMS
