"""Finds the question in a message that announces another subject, corrects a misunderstanding, or refuses a page. Pure."""

import re

from actions.messages.aspects import asked_in
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.situation.reading import folded_and_plain, without_facts
from retrieval.terms.analysis import terms

_BETWEEN = " ,.;:!?-"
_NOT_THAT = re.compile(
    r"(?:(?:non|nan|nn|no|mais|ah)[ ,.!]+){0,6}(?:not |pas )(?:un |une |le |la |l')?(\w[\w-]+) *[,;:.]+ *(?:mais |plutot )?"
)
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
    both = folded_and_plain(text)
    found = pattern("corrects").match(both[0]) if both else None
    if both is None or found is None:
        return _exchanged(text, before)
    rest = both[1][found.end() :].lstrip(_BETWEEN)
    aspect, subject = asked_in(plain(rest))
    if not terms(without_facts(subject)):
        return ""  # "je voulais dire pour un mineur": the subject stays
    asked = asked_in(plain(before))[0] if before and aspect is None else None
    said = asked.said.search(plain(before)) if asked else None
    return f"{rest} {said.group()}" if said else rest


def _exchanged(text: str, before: str) -> str:
    """Returns the question ``before`` with a word replaced by one of ``text`` ("permis bateau", "non pas bateau, voiture").

    Empty if ``text`` refuses no word of that question: "non pas marié, pacsé" answers a question.
    """
    both = folded_and_plain(text)
    found = _NOT_THAT.match(both[0]) if both else None
    if both is None or found is None or not terms(found[1]) or not set(terms(found[1])) <= set(terms(before)):
        return ""
    rest = both[1][found.end() :].strip(_BETWEEN)
    if not terms(rest) or not set(terms(rest)).isdisjoint(terms(before)):
        return rest if terms(rest) else ""  # "permis voiture": the whole name is given
    kept = " ".join(word for word in before.split() if set(terms(word)).isdisjoint(terms(found[1])))
    return f"{kept} {rest}"


def turned_to(text: str) -> str:
    """Returns the question in ``text`` after an announced change of subject; empty if there is no announcement, or nothing
    else.
    """
    both = folded_and_plain(text)
    turned = pattern("turns_to").match(both[0]) if both else None
    if both is None or turned is None:
        return ""
    rest = both[1][turned.end() :].lstrip(_BETWEEN)
    aspect, subject = asked_in(plain(rest))
    if aspect is not None and not terms(subject):
        return ""  # "dernière question : combien ça coûte ?": it names no subject, so it is about the page in focus
    return rest if terms(rest) else ""


def named_instead(text: str) -> str:
    """Returns what ``text`` asks for after it has refused something; empty if it only refuses."""
    both = folded_and_plain(text)
    if both is None:
        return ""
    (folded, plain), end = both, 0
    while refused := pattern("refuses").match(folded, end):
        end = refused.end()
        end += len(folded[end:]) - len(folded[end:].lstrip(_BETWEEN))
    rest = plain[end:]
    return rest if end and pattern("names_a_thing").match(folded, end) and terms(rest) else ""


def tells(text: str) -> bool:
    """Decides whether ``text`` states something by a negation and refuses nothing: "l'autre conducteur n'est pas assuré"."""
    both = folded_and_plain(text)
    return both is not None and pattern("refuses").match(both[0]) is None and len(set(terms(text))) >= _FEWEST_TERMS
