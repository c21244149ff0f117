"""French text to index terms: elisions cut, stop words left out, inflections and accents levelled.

A term is the Snowball stem of simplemma's lemma, without accents. Measured with BM25 alone on the development sets
(service_public / code_du_travail, R@1 and R@5): words as they are .437 .695 / .607 .809, stem .457 .735 / .601 .817,
lemma .424 .735 / .593 .817, stem of lemma .470 .748 / .604 .823. Families of words (``families``) are neutral
there. spaCy's lemmas need minutes where these need seconds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import simplemma
import snowballstemmer

from retrieval.lexical.families import families
from retrieval.lexical.stop_words import STOP_WORDS

ANALYSIS = 2  # raise it when texts give other terms or fields: indexes are then built again
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr)'")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "´": "'", "ʹ": "'"})
_LONGEST = 40  # longer runs of characters are no words
_stemmer = snowballstemmer.stemmer("french")


def fold(text: str) -> str:
    """Lower case without accents, one form of apostrophe, ligatures written out."""
    text = text.translate(_APOSTROPHES).lower().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_FOLDED_STOP_WORDS = frozenset(fold(word) for word in STOP_WORDS)


@lru_cache(maxsize=50_000)
def term(word: str) -> str:
    """The index term of one lower-case word, or an empty string for a stop word."""
    folded = fold(word)
    if folded in _FOLDED_STOP_WORDS:
        return ""
    if not word.isalpha():
        return folded
    stem = _stem(word)
    return _FAMILIES.get(stem, stem)


def _stem(word: str) -> str:
    return fold(_stemmer.stemWord(simplemma.lemmatize(word, lang="fr").lower()))


_FAMILIES = {_stem(word): _stem(family[0]) for family in families() for word in family[1:]}


def words(text: str) -> list[str]:
    """Lower-case words in order, elided articles cut off ("l'impôt" → "impôt"); stop words are kept."""
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()):
        bare = _ELISION.sub("", word)
        found.extend(part for part in bare.split("'") if 0 < len(part) <= _LONGEST)
    return found


def terms(text: str) -> list[str]:
    """Index terms of ``text`` in order, without stop words."""
    return [found for word in words(text) if (found := term(word))]
