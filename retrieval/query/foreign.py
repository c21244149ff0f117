"""A question in another language as a query to the French index."""

import re

from retrieval.query.glossary import french_terms
from retrieval.query.query import Query
from retrieval.terms.analysis import terms

_LATIN_WORD = re.compile(r"[A-Za-z0-9]+")
_OTHER_SCRIPTS = ("ar", "uk")


def foreign_query(question: str, language: str) -> Query | None:
    """Returns a query: ``question`` itself for dense search; for the lexical index the glossary's French terms and the French
    names in it.

    Returns ``None`` for French, and if the glossary has no word of the question: then its own words are the query. A term of
    several concepts counts several times (R@1 on languages/dev.jsonl: .708, against .667 if it counts once and .229 with the
    question's own words).
    """
    french = french_terms(question, language)
    if not french:
        return None
    found = terms(" ".join(french))
    return Query(question, [*found, *(term for term in terms(" ".join(_names(question, language))) if term not in found)])


def _names(question: str, language: str) -> list[str]:
    """Returns the words of ``question`` that French pages write the same: acronyms, numbers, and Latin words among another
    script.
    """
    words = _LATIN_WORD.findall(question)
    return [word for word in words if language in _OTHER_SCRIPTS or word.isdigit() or (len(word) > 1 and word.isupper())]
