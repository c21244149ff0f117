"""French text to index terms: elisions cut, stop words left out, inflections and accents levelled.

A term is the Snowball stem of simplemma's lemma, without accents. Measured with BM25 alone on the development sets
(service_public / code_du_travail, R@1 and R@5): words as they are .437 .695 / .607 .809, stem .457 .735 / .601 .817,
lemma .424 .735 / .593 .817, stem of lemma .470 .748 / .604 .823. Families of words (``families``) are neutral
there. spaCy's lemmas need minutes where these need seconds.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import simplemma
import snowballstemmer

from core.text.folding import unaccented
from retrieval.lexical.families import families
from retrieval.lexical.stop_words import STOP_WORDS

ANALYSIS = 5  # raise it when texts give other terms or fields: indexes are then built again
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr)'")
_APOSTROPHES = "’ʼ‘`´ʹ"
_LONGEST = 40  # longer runs of characters are no words
_stemmer = snowballstemmer.stemmer("french")
_stemming = threading.Lock()  # a stemmer keeps the word that it works on: two threads at once cut one by the other's length


def fold(text: str) -> str:
    """Lower case without accents, one form of apostrophe, ligatures written out."""
    if text.isascii() and "`" not in text:  # most words: three times as fast
        return text.lower()
    return unaccented(_straight(text).lower().replace("œ", "oe").replace("æ", "ae"), "NFKD")


def _straight(text: str) -> str:
    for apostrophe in _APOSTROPHES:  # a fifth of the time of str.translate, which looks every character up
        text = text.replace(apostrophe, "'")
    return text


FOLDED_STOP_WORDS = frozenset(fold(word) for word in STOP_WORDS)


@lru_cache(maxsize=50_000)
def term(word: str) -> str:
    """Returns the index term of one lower-case word, or an empty string for a stop word."""
    if _is_stop_word(word):
        return ""
    if not word.isalpha():
        return fold(word)
    stem = _stem(word)
    return _families().get(stem, stem)


def _is_stop_word(word: str) -> bool:
    return fold(word) in FOLDED_STOP_WORDS


def _stem(word: str) -> str:
    lemma = simplemma.lemmatize(word, lang="fr").lower()
    with _stemming:
        stem = _stemmer.stemWord(lemma)
    return fold(stem)


@cache
def _families() -> dict[str, str]:
    """Returns the term of each word of a family. Made when it is first needed: the lemmas' dictionary takes half a second."""
    return {_stem(word): _stem(family[0]) for family in families() for word in family[1:]}


@dataclass(frozen=True)
class Token:
    """One word, lower case; ``start`` and ``end`` are where it stands in the text, in characters."""

    word: str
    start: int
    end: int


def normal(text: str) -> str:
    """One form of each character and of the apostrophe."""
    return _straight(unicodedata.normalize("NFKC", text))


def tokens(text: str) -> list[Token]:
    """Returns the words of a ``normal`` text in order, elided articles cut off ("l'impôt" → "impôt"); stop words are kept."""
    found: list[Token] = []
    for match in _WORD.finditer(text):
        at = match.start()
        elision = _ELISION.match(match[0].lower())
        cut = elision.end() if elision else 0
        at += cut
        for part in match[0][cut:].split("'"):
            if 0 < len(part) <= _LONGEST:
                found.append(Token(part.lower(), at, at + len(part)))
            at += len(part) + 1
    return found


def words(text: str) -> list[str]:
    """Lower-case words of any text, as ``tokens`` finds them."""
    return [word for run in _WORD.findall(normal(text)) for word in _words_of(run)]


def terms(text: str) -> list[str]:
    """Index terms of ``text`` in order, without stop words."""
    return [found for run in _WORD.findall(normal(text)) for found in _terms_of(run)]


def term_count(text: str) -> int:
    """Returns how many ``terms`` the text has, which are not worked out for it."""
    return sum(not _is_stop_word(word) for word in words(text))


def terms_among(text: str) -> set[str]:
    """Returns which terms ``text`` has; of a long one, sooner than by ``terms``, since each of its words is looked up once."""
    return {found for run in set(_WORD.findall(normal(text))) for found in _terms_of(run)}


# A build reads three million words, of which sixty thousand differ: each of them is taken apart once.
@lru_cache(maxsize=100_000)
def _words_of(run: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens(run))


@lru_cache(maxsize=100_000)
def _terms_of(run: str) -> tuple[str, ...]:
    return tuple(found for word in _words_of(run) if (found := term(word)))
