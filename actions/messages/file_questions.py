"""Distinguishes questions about one's own file from questions that a page answers: where to send it, how much one gets.
Pure.
"""

import re

from actions.messages.aspects import asked_in
from actions.messages.plain_words import plain
from retrieval.terms.analysis import terms

# The asking words, and the object after them. They are searched one after the other: ".*" between them would run to the end of
# the text from each "ou".
_WHERE_TO = re.compile(r"\b(?:ou|a qui|(?:quelle|a quelle) adresse|where|what address|donde|a quien)\b")
_SENDS = re.compile(
    r"\b(?:envoy\w+|envoie\w*|depos\w+|adresser|transmettre|remettre|poster|rendre|send|post|submit|enviar|entregar)\b"
)
# Where to get a file that the citizen does not have yet.
_WHERE_FROM = re.compile(r"\b(?:ou|a qui|where|donde)\b")
_FETCHES = re.compile(r"\b(?:demand|retir|recuper|procur|obten|ask|get|pick)\w*\b")
_FETCHES_WHERE = re.compile(r"\b(?:demand|retir|recuper|procur|obtien|trouv)\w*\b.{0,12}\bou *[?!.]*$")
# What we, or others, have done with it.
_TO_US = re.compile(
    r"\bou en (?:est|sont)\b|\bou (?:est|sont) (?:passee?s?|ma|mon|mes)\b|\bwhere\s+is\s+my\b"
    r"|\b(?:vous|avez|l'avez|voyez|j'ai (?:deja )?(?:envoye|depose|transmis|re?fait|declare)|have you|did you|i sent)\b"
)
# About a file that exists already: its progress, or its content.
_OWN = re.compile(
    r"\b(?:mon|ma|mes|notre|my|mi) (?:dossier|demande|compte|file|application|expediente|solicitud)\b"
    r"|\b(?:ce|le) mois|mois prochain|cette annee|this month"
)
# What one can do, or how one finds something out oneself: pages say it, whatever has become of the file.
_SEEKS_A_WAY = re.compile(
    r"\bcomment (?:(?:on|je) (?:peut|peux) )?(?:savoir|connaitre|voir|suivre|consulter|verifier)\b|\brecours\b|\bcontester\b"
    r"|\bque (?:puis[- ]je |peut[- ]on |dois[- ]je )?faire\b|\bquoi faire\b"
    r"|\b(?:je|on) (?:(?:dois|doit|peux|peut) )?fai(?:s|t|re) quoi\b"
)
_OF_US = re.compile(r"\b(?:vous|votre|vos|tu|toi|te|t|ton|ta|tes|ici|you|your|usted|ustedes|su)\b")
_ASPECTS = frozenset({"amount", "cost", "place", "documents", "procedure", "age", "validity", "delay", "online", "eligibility"})


def asks_a_page(text: str, *, page_shown: bool) -> bool:
    """Decides whether pages answer ``text``. ``page_shown``: a page is in focus, and ``text`` may be a follow-up on it."""
    folded = plain(text)
    if _TO_US.search(folded):
        return False
    fetches = _asks_for(folded, _WHERE_FROM, _FETCHES) or _FETCHES_WHERE.search(folded) is not None
    if _asks_for(folded, _WHERE_TO, _SENDS) or (fetches and not _OWN.search(folded)):
        return True
    aspect, _ = asked_in(folded)
    return page_shown and aspect is not None and aspect.name in _ASPECTS and _OWN.search(folded) is None


def seeks_a_way(text: str) -> bool:
    """Decides whether ``text`` asks what one can do, or how one finds something out oneself; not what we have done."""
    folded = plain(text)
    return _SEEKS_A_WAY.search(folded) is not None and _TO_US.search(folded) is None


def addresses_us(folded: str) -> bool:
    """Decides whether folded text speaks to this service or this administration."""
    return _OF_US.search(folded) is not None


def _asks_for(folded: str, where: re.Pattern[str], what: re.Pattern[str]) -> bool:
    """Decides whether ``what`` follows ``where``."""
    found = where.search(folded)
    return found is not None and what.search(folded, found.end()) is not None


def only_asks_where(text: str) -> bool:
    """Decides whether ``text`` is only "where?": about the page in focus, not about us."""
    folded = plain(text)
    aspect, rest = asked_in(folded)
    return not addresses_us(folded) and aspect is not None and aspect.name == "place" and not terms(rest)
