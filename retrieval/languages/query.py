"""A question in another language as the French index is asked."""

from __future__ import annotations

import re

from retrieval.languages.glossary import french_terms
from retrieval.lexical.analysis import terms
from retrieval.lexical.query import Query

_LATIN_WORD = re.compile(r"[A-Za-z0-9]+")
_OTHER_SCRIPTS = ("ar", "uk")


def foreign_query(question: str, language: str) -> Query | None:
    """``question`` for dense search, and for the lexical index the glossary's French terms and the French names in it.

    ``None`` for French, and where the glossary knows nothing of the question: its own words then are all there is.
    A term that several concepts bring counts several times. R@1 / R@5 on tests/evaluation/languages/dev.jsonl (48), dense
    search on the question beside: own words .229 / .438, the glossary's once each .667 / .875, as here .708 / .875; with the
    vector of the French terms added to the question's, or instead of it, .583 to .688 / .833 to .854.
    """
    french = french_terms(question, language)
    if not french:
        return None
    found = terms(" ".join(french))
    return Query(question, [*found, *(term for term in terms(" ".join(_names(question, language))) if term not in found)])


def _names(question: str, language: str) -> list[str]:
    """What stands in ``question`` as it stands in French pages: acronyms, numbers, and Latin words among another script."""
    words = _LATIN_WORD.findall(question)
    return [word for word in words if language in _OTHER_SCRIPTS or word.isdigit() or (len(word) > 1 and word.isupper())]
