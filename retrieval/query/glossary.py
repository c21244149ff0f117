"""The French words of administrations for a question in another language.

Each line of ``glossary/*.yml`` is one concept: French terms as the pages write them, and the terms of six languages in their
dictionary form (a second form if the stem changes). Editors may add lines; nothing else is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from core import yaml_text
from retrieval.query.stems import LANGUAGES, beginning, beginnings, matches, stem, word_forms, words

FOLDER = Path(__file__).parent / "glossary"


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


@dataclass(frozen=True, eq=False)  # compared as objects: hundreds are put into sets
class _Term:
    """A term in one language: its folded words, their stems with the sum of their letters, and the number of its concept."""

    words: tuple[str, ...]
    roots: tuple[str, ...]
    letters: int
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
    beginning_with = {word: _beginning_with(word, language) for word in dict.fromkeys(asked)}
    fits = _Fits(language)
    # Of a pair of words that is said again and again, the terms that may begin with it are looked for once.
    beginning_with_pair: dict[tuple[str, str], list[_Term]] = {}
    readings: dict[tuple[int, bool, int, int], list[int]] = {}
    for start, pair in enumerate(pairwise((*asked, ""))):
        if pair not in beginning_with_pair:
            likely = beginning_with[pair[0]]
            beginning_with_pair[pair] = [term for term in likely if len(term.roots) == 1 or fits[pair[1], term.roots[1]]]
        for term in beginning_with_pair[pair]:
            end = start + len(term.roots)
            if end <= len(asked) and all(fits[asked[start + at], term.roots[at]] for at in range(2, len(term.roots))):
                exact = term.words == tuple(asked[start:end])
                readings.setdefault((end - start, exact, term.letters, -start), []).append(term.concept)
    taken: set[int] = set()
    chosen: dict[int, list[int]] = {}
    for (length, _, _, negative), numbers in sorted(readings.items(), reverse=True):
        span = range(-negative, -negative + length)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen[-negative] = sorted(set(numbers))
    return [number for start in sorted(chosen) for number in chosen[start]]


class _Fits(dict[tuple[str, str], bool]):
    """Whether a word of a message is a form of a root; each pair is looked at once a message."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, pair: tuple[str, str]) -> bool:
        word, root = pair
        self[pair] = matches(word_forms(word, self._language), root, self._language)
        return self[pair]


def _beginning_with(word: str, language: str) -> list[_Term]:
    """Returns the terms whose first word may be ``word``."""
    forms, starts = word_forms(word, language), _starts(language)
    likely = {term for form in forms for key in beginnings(form, language) for term in starts.get(key, ())}
    return [term for term in likely if matches(forms, term.roots[0], language)]


@cache
def _starts(language: str) -> dict[str, list[_Term]]:
    """Returns every term of ``language`` by the beginning of its first stem."""
    found: dict[str, list[_Term]] = {}
    for number, concept in enumerate(concepts()):
        for written in concept.terms[language]:
            parts = tuple(words(written, language))
            roots = tuple(stem(word, language) for word in parts)
            term = _Term(parts, roots, sum(map(len, roots)), number)
            found.setdefault(beginning(term.roots[0], language), []).append(term)
    return found
