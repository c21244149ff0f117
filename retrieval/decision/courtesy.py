"""Phrases of courtesy around a question: "bonjour", "comment faire ?", "merci d'avance".

They influence the encoder: "je veux divorcer comment faire" was nearer to "mon chien vomit que faire" than to divorce. Removing
them for the search as well improves nothing (real messages R@1 .642 without, .629 with it; ten other sets within two
questions).
"""

import re

_GREETING = r"(?:bonjour|bonsoir|salut|coucou|hello|madame,? monsieur|madame|monsieur)"
_ASKING = (
    r"comment (?:dois-je |je dois |on doit )?faire|comment (?:je|on) (?:fais|fait)|(?:je|on) (?:fais|fait) comment"
    r"|que (?:dois-je |je dois )?faire|quoi faire|aidez[ -]moi|s['’ ]il (?:vous|te) pla[iî]t|svp"
    r"|merci(?: d['’ ]avance| beaucoup| bien)?|cordialement|bonne (?:journee|journée|soiree|soirée)"
)
_BEFORE = re.compile(rf"^\W*+(?:{_GREETING}\b\W*+)++", re.IGNORECASE)
_ASKED = re.compile(rf"\b(?:{_ASKING})\b\W*+", re.IGNORECASE)
_WORD_END = re.compile(r"\w(?=\W*+\Z)")
_LEAST_WORDS = 2  # words that must remain


def bare(message: str) -> str:
    """Returns ``message`` without its greeting and its closing words; unchanged if hardly anything else remains."""
    left = _without_closing(_BEFORE.sub("", message)).strip()
    return left if len(left.split()) >= _LEAST_WORDS else message


def _without_closing(message: str) -> str:
    """Returns ``message`` up to its closing words. Works in one pass: a single pattern tied to the end would be tried from each
    position.
    """
    begin, end = 0, -1
    for asked in _ASKED.finditer(message):
        begin = begin if asked.start() == end else asked.start()
        end = asked.end()
    if end != len(message):
        return message
    said = _WORD_END.search(message[:begin])
    return message[: said.end()] if said else ""
