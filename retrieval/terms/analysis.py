"""Turns French text into index terms: elisions cut, stop words left out, inflections and accents removed.

A term is the Snowball stem of simplemma's lemma, without accents. Measured with BM25 alone on the development sets
(service_public / code_du_travail, R@1 and R@5): words as they are .437 .695 / .607 .809, stem .457 .735 / .601 .817, lemma .424
.735 / .593 .817, stem of lemma .470 .748 / .604 .823. Word families (``families``) make no difference there. spaCy's lemmas
take minutes, these take seconds.
"""

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache

import simplemma
import snowballstemmer

from core.text.folding import compatible, unaccented
from retrieval.terms.families import families
from retrieval.terms.stop_words import STOP_WORDS

ANALYSIS = 5  # raise it when texts yield other terms or fields: indexes are then rebuilt
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr)'")
_APOSTROPHES = "’ʼ‘`´ʹ"
_LONGEST = 40  # longer runs of characters are not words
_stemmer = snowballstemmer.stemmer("french")
_stemming = threading.Lock()  # a stemmer keeps its current word, so it is not thread-safe


def fold(text: str) -> str:
    """Returns ``text`` in lower case without accents, with one form of apostrophe and ligatures written out."""
    if text.isascii() and "`" not in text:  # true for most words; three times as fast
        return text.lower()
    return unaccented(_straight(text).lower().replace("œ", "oe").replace("æ", "ae"), "NFKD")


def _straight(text: str) -> str:
    for apostrophe in _APOSTROPHES:  # a fifth of the time of str.translate, which looks up every character
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
    """Returns the term of each word of a family. Built on first use: the dictionary of lemmas takes half a second to load."""
    return {_stem(word): _stem(family[0]) for family in families() for word in family[1:]}


@dataclass(frozen=True)
class Token:
    """One word in lower case, with its position ``start`` to ``end`` in the text, in characters."""

    word: str
    start: int
    end: int


def normal(text: str) -> str:
    """Returns ``text`` with one form of each character (NFKC) and of the apostrophe."""
    return _straight(compatible(text))


def tokens(text: str) -> list[Token]:
    """Returns the words of a ``normal`` text in order, without elided articles ("l'impôt" → "impôt"). Stop words are kept."""
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
    """Returns the lower-case words of any text, by the rules of ``tokens``."""
    return [word for run in _WORD.findall(normal(text)) for word in _words_of(run)]


def terms(text: str) -> list[str]:
    """Returns the index terms of ``text`` in order, without stop words."""
    return [found for run in _WORD.findall(normal(text)) for found in _terms_of(run)]


def term_count(text: str) -> int:
    """Returns the number of ``terms`` of the text, without computing them."""
    return sum(not _is_stop_word(word) for word in words(text))


# A build reads three million words, of which sixty thousand are different: each is analysed once.
@lru_cache(maxsize=100_000)
def _words_of(run: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens(run))


@lru_cache(maxsize=100_000)
def _terms_of(run: str) -> tuple[str, ...]:
    return tuple(found for word in _words_of(run) if (found := term(word)))
