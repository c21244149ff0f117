"""The French words of administrations for a question in another language.

Each line of ``glossary/*.yml`` is one concept: French terms as the pages write them, and the terms of six languages in their
dictionary form (a second form if the stem changes). Editors may add lines; nothing else is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path

from core import yaml_text
from retrieval.query.stems import LANGUAGES, matches, stem, word_forms, words

FOLDER = Path(__file__).parent / "glossary"
_BEGINNING = 2  # letters of the lookup key of a term


@dataclass(frozen=True)
class Concept:
    """One concept of administrations: its French terms, and its terms by language."""

    french: tuple[str, ...]
    terms: dict[str, tuple[str, ...]]


@cache
def concepts() -> tuple[Concept, ...]:
    """Returns all concepts, in the order of the files."""
    found: list[Concept] = []
    for path in sorted(FOLDER.glob("*.yml")):
        for line in yaml_text.load(path.read_text(encoding="utf-8")):
            terms = {language: tuple(line[language]) for language in LANGUAGES}
            found.append(Concept(tuple(line["fr"]), terms))
    return tuple(found)


@dataclass(frozen=True)
class _Term:
    """A term in one language: its folded words, their stems, and the number of its concept."""

    words: tuple[str, ...]
    roots: tuple[str, ...]
    concept: int


def french_terms(question: str, language: str) -> list[str]:
    """Returns the French terms of the concepts that ``question`` names, in its order. Of two readings the longer term wins.

    A term of several concepts gives the terms of each. Returns nothing for French and for languages that are not in the
    glossary.
    """
    if language not in LANGUAGES:
        return []
    found: list[str] = []
    for number in _named(words(question, language), language):
        found.extend(term for term in concepts()[number].french if term not in found)
    return found


def _named(asked: Sequence[str], language: str) -> list[int]:
    """Returns the concepts of the terms in ``asked``. Terms do not overlap: those with most words come first, then those
    written as in the glossary ("casa" is a house, though its stem is that of "casar"), then those with most letters.
    """
    forms = [word_forms(word, language) for word in asked]
    starts = _starts(language)
    readings: dict[tuple[int, bool, int, int], list[int]] = {}
    for start in range(len(asked)):
        for term in {term for form in forms[start] for term in starts.get(form[:_BEGINNING], ())}:
            end = start + len(term.roots)
            if end <= len(asked) and all(map(matches, forms[start:end], term.roots, repeat(language))):
                exact = term.words == tuple(asked[start:end])
                readings.setdefault((end - start, exact, sum(map(len, term.roots)), -start), []).append(term.concept)
    taken: set[int] = set()
    chosen: dict[int, list[int]] = {}
    for (length, _, _, negative), numbers in sorted(readings.items(), reverse=True):
        span = range(-negative, -negative + length)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen[-negative] = sorted(set(numbers))
    return [number for start in sorted(chosen) for number in chosen[start]]


@cache
def _starts(language: str) -> dict[str, list[_Term]]:
    """Returns every term of ``language`` by the first letters of its first stem."""
    found: dict[str, list[_Term]] = {}
    for number, concept in enumerate(concepts()):
        for written in concept.terms[language]:
            parts = tuple(words(written, language))
            term = _Term(parts, tuple(stem(word, language) for word in parts), number)
            found.setdefault(term.roots[0][:_BEGINNING], []).append(term)
    return found
