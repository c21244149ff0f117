"""Detects which of the service's languages a message is written in, even if it is short and misspelt.

The script decides if possible. For Latin letters, three scores are added: py3langid's probabilities, small words that only
one language has, and a preference for the expected language. docs/adr/0008 compares it with libraries.
"""

import math
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from core.yaml_text import load as load_yaml

_CHARACTERS = 400  # enough to decide; the rest of a long message costs time
_WORD = re.compile(r"[^\W\d_]+")
LATIN = ("fr", "en", "es", "pt", "tr")

_LETTERS = {"tr": re.compile("[ıİşŞğĞ]"), "es": re.compile("[ñÑ¿¡]"), "pt": re.compile("[ãÃõÕ]")}

_EXPECTED = 2.0  # in nats, for the expected language; half of it for French, the language of all pages
_WORD_WEIGHT = 1.5
_SHARED_WEIGHT = 0.5
_LETTER_WEIGHT = 4.0
_UNLIKELIEST = -6.0  # a lower log-probability counts as this one


def detect(text: str, expected: str = "fr") -> str:
    """Returns the code of the most likely language among fr, en, es, pt, tr, ar, uk; ``expected`` without any evidence.

    ``expected`` (the language that the citizen chose, or French) is preferred among about equally likely languages.
    """
    text = unicodedata.normalize("NFC", text[:_CHARACTERS])
    arabic = sum("\u0600" <= character <= "\u06ff" or "\ufb50" <= character <= "\ufefc" for character in text)
    cyrillic = sum("\u0400" <= character <= "\u04ff" for character in text)
    latin = sum(character.isalpha() for character in text) - arabic - cyrillic
    if max(arabic, cyrillic) * 2 > latin:  # texts in other scripts contain French names and acronyms
        return "ar" if arabic >= cyrillic else "uk"
    if not latin:
        return expected
    evidence = _evidence(text)
    evidence["fr"] += _EXPECTED if expected == "fr" else _EXPECTED / 2
    if expected in evidence and expected != "fr":
        evidence[expected] += _EXPECTED
    first, second = sorted(evidence.values(), reverse=True)[:2]
    if first - second > -_UNLIKELIEST:  # py3langid's scores could not change the order
        return max(evidence, key=lambda language: evidence[language])
    likely = _library_scores(text)
    return max(evidence, key=lambda language: evidence[language] + likely[language])


def _evidence(text: str) -> dict[str, float]:
    """Returns the score of small words and letters for each language in Latin letters."""
    small = _words()
    scores = dict.fromkeys(LATIN, 0.0)
    for word in _WORD.findall(text.lower()):
        having = small.get(word, ())
        for language in having:
            scores[language] += _WORD_WEIGHT if len(having) == 1 else _SHARED_WEIGHT
    for language, letters in _LETTERS.items():
        scores[language] += _LETTER_WEIGHT * bool(letters.search(text))
    return scores


def _library_scores(text: str) -> dict[str, float]:
    """Returns the logarithms of py3langid's probabilities, from ``_UNLIKELIEST`` to 0."""
    found = dict(_identifier().rank(text.lower()))
    return {language: max(_UNLIKELIEST, math.log(max(float(found[language]), 1e-9))) for language in LATIN}


@cache
def _words() -> dict[str, frozenset[str]]:
    """Returns the languages of each small word."""
    found: dict[str, set[str]] = {}
    written = load_yaml((Path(__file__).parent / "small_words.yml").read_text(encoding="utf-8"))
    for language, words in written.items():
        for word in words.split():
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


@cache
def _identifier() -> Any:
    """Returns py3langid for ``LATIN`` only: its table of a hundred languages is not kept in memory."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - half a second, where a question is read

    every = LanguageIdentifier.from_model_file(MODEL_FILE)
    every.set_languages(list(LATIN))
    parts = (every.nb_ptc.copy(), every.nb_pc.copy(), every.nb_classes, every.tk_nextmove, every.tk_output)
    return LanguageIdentifier(*parts, norm_probs=True, tk_row=every.tk_row)
