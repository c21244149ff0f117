"""Finds two questions in one message. Pure."""

import re
from itertools import pairwise

from actions.situation.reading import flat, folded_and_plain
from retrieval.terms.analysis import terms

_LEAST = 2  # terms of a part that can be a question on its own
_WORDS = (
    r"comment|combien|quels?|quelles?|ou|quand|qui|est-ce|puis-je|peut-on|dois-je|faut-il|ai-je|how|what|where|when|can i|do i"
)
_LINK = r"(?:et aussi|et|sinon|puis|aussi|ensuite|and|also),? (?:aussi )?"
_SPLIT = re.compile(rf"\? |(?<=\w)[.;!] | (?={_LINK}(?:{_WORDS})\b)")  # for folded text, with single spaces
_ASKS = re.compile(rf"\b(?:{_WORDS}|pourquoi|doit-on|a-t-on|which)\b")
# Words before a question that are not part of it, and are left out when the question is quoted.
_BEFORE = re.compile(rf"(?:(?:bonjour|bonsoir|salut|madame|monsieur|messieurs|hello|hi|svp)(?![\w'-])[ ,.;:!]*+|{_LINK})++")


def questions_in(text: str) -> tuple[str, ...]:
    """Returns the two questions in ``text``, or ``text`` alone. A situation told before a question is part of that question."""
    parts = [part.strip() for part in _split(text) if part.strip()]
    asking = [part for part in parts if _ASKS.search(flat(part)) and len(terms(part)) >= _LEAST]
    if len(asking) != _LEAST or len(parts) != _LEAST:
        return (text,)
    return asking[0], asking[1]


def quoted(question: str) -> str:
    """Returns ``question`` as it is quoted: without greetings and the word that linked it to the previous one."""
    folded, said = folded_and_plain(question)
    before = _BEFORE.match(folded)
    return said[before.end() if before else 0 :] or question


def _split(text: str) -> list[str]:
    """Returns ``text`` cut where its folded form would be cut."""
    folded, plain = folded_and_plain(text)
    cuts = [0, *(found.end() for found in _SPLIT.finditer(folded)), len(plain)]
    return [plain[start:end] for start, end in pairwise(cuts)]
