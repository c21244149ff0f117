"""The words of the pages, and the correction of misspelt words.

Only a word that is in neither the pages nor a French dictionary is corrected: "sms" stays, and so does a surname that resembles
no word. Cost: one pass of rapidfuzz over the words of about the same length and letters, .8 ms a word, at most ``CORRECTED``
words a query. Little words ("ed", "jje") are compared with stop words only.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from math import log
from pathlib import Path

import numpy as np
import simplemma
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.query.slips import cost, limit, mistaken, once, variants
from retrieval.terms.analysis import FOLDED_STOP_WORDS, fold, words

CORRECTED = 16  # unknown words looked up in one query
_SEEN = 2  # a rarer word may itself be a slip
_LEAST = 4  # shorter words resemble too many others
_LONG = 6  # longer words may have two slips
_FREQUENCY = 0.08  # bonus of a frequent word per e-fold, set against the cost of slips
_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("eau|au", "o"),
        ("qu", "k"),
        ("ph", "f"),
        ("c(?=[aou]|$)", "k"),
        ("(?:er|ez|ees?|es|ait|ais|aient)$", "e"),
        (r"(.)\1", r"\1"),
    )
)
_LITTLE = sorted(word for word in FOLDED_STOP_WORDS if len(word) <= _LEAST)
_ELIDED = ("qu", "c", "d", "j", "l", "m", "n", "s", "t")


class Vocabulary:
    """The words of a snapshot's texts, and how often each occurs. Immutable and thread-safe."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Takes ``counts``: how often each lower-case word occurs."""
        self._counts = dict(counts)
        self.spell = lru_cache(maxsize=10_000)(self._spell)

    @cached_property
    def _known(self) -> dict[str, tuple[str, int]]:
        """Returns each form without accents, with its usual spelling and its count. Built on first use: only searches
        need it.
        """
        spellings: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for word, count in self._counts.items():
            spellings[fold(word)].append((count, word))
        return {folded: (max(found)[1], sum(count for count, _ in found)) for folded, found in spellings.items()}

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[str], NDArray[np.uint32]]]:
        """Returns the usual words of each length, with their letters."""
        found: dict[int, list[str]] = defaultdict(list)
        for folded, (_, count) in self._known.items():
            if count >= _SEEN and folded.isalpha():
                found[len(folded)].append(folded)
        return {length: (same, np.asarray([*map(_letters, same)], np.uint32)) for length, same in found.items()}

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """Returns the most frequent word of each sound."""
        known = sorted((count, word) for word, (_, count) in self._known.items() if count >= _SEEN and len(word) >= _LEAST)
        return {sound(word): word for _, word in known}

    def prepare(self) -> None:
        """Builds the tables now, so that the first search need not wait."""
        assert self._by_length is not None
        assert self._by_sound is not None

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(words(text))
        return cls(counts)

    def changed(self, gone: Iterable[str], more: Iterable[str]) -> Vocabulary:
        """Returns the vocabulary without the texts ``gone`` (which it includes now) and with the texts ``more``."""
        counts = Counter(self._counts)
        for text in gone:
            counts.subtract(words(text))
        for text in more:
            counts.update(words(text))
        return Vocabulary(+counts)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self._counts, ensure_ascii=False, sort_keys=True, separators=(",", ":")), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def __contains__(self, word: str) -> bool:
        return fold(word) in self._known

    def correct(self, query: Sequence[str]) -> list[str]:
        """Returns the words of a query. Misspelt ones are replaced by the pages' words, with their accents."""
        strange = dict.fromkeys(word for word in query if len(word) >= _LEAST and not self.sound(word))
        allowed = set(list(strange)[:CORRECTED])
        return [self.spell(word) if word in allowed or len(word) < _LEAST or word in self else word for word in query]

    def sound(self, word: str) -> bool:
        """Decides whether the pages or a French dictionary have the word."""
        folded = fold(word)
        return folded in self._known or folded in FOLDED_STOP_WORDS or _in_dictionary(word)

    def _spell(self, word: str) -> str:
        folded = fold(word)
        if folded in self._known:  # accents are restored if the word does not exist without them
            return word if word != folded or len(word) < _LEAST or _in_dictionary(word) else self._known[folded][0]
        if not folded.isalpha():
            return word
        if len(folded) <= _LEAST and (little := _little(folded)):
            return little
        if len(folded) < _LEAST:
            return word
        for article in _ELIDED:  # "dadresse", "lattestation"
            rest = folded.removeprefix(article)
            if rest != folded and len(rest) >= _LEAST and self._count(rest) >= _SEEN:
                return self._known[rest][0]
        heard = self._by_sound.get(sound(folded))
        return self._known[heard][0] if heard else self._nearest(folded) or word

    def _count(self, folded: str) -> int:
        return self._known.get(folded, ("", 0))[1]

    def _nearest(self, folded: str) -> str:
        """Returns the usual word of which the written one is most likely a slip; empty if none is likely."""
        slips = 2 if len(folded) >= _LONG else 1
        found = dict.fromkeys(self._within(folded, slips))
        if once(folded) != folded:
            found.update(dict.fromkeys(self._within(once(folded), max(1, slips - 1))))
        costs = {word: cost(word, folded) for word in found}
        likely = (word for word, weight in costs.items() if weight <= limit(folded))
        best = min(likely, key=lambda word: costs[word] - _FREQUENCY * log(self._count(word)), default="")
        return self._known[best][0] if best else ""

    def _within(self, folded: str, slips: int) -> list[str]:
        """Returns the words within ``slips`` omissions, insertions, replacements or exchanges of letters.

        A slip changes at most two of the letters of a word. So of 8,750 words of about its length, 900 remain to be compared.
        """
        mine, near = np.uint32(_letters(folded)), list[str]()
        for length in range(len(folded) - slips, len(folded) + slips + 1):
            if length in self._by_length:
                same, letters = self._by_length[length]
                near += [same[at] for at in np.flatnonzero(np.bitwise_count(letters ^ mine) <= 2 * slips).tolist()]
        return [word for word, _, _ in process.extract(folded, near, scorer=OSA.distance, score_cutoff=slips, limit=None)]


def _letters(folded: str) -> int:
    """Returns a bit set of a word's letters; rare letters share a bit."""
    found = 0
    for letter in folded:
        found |= 1 << (ord(letter) & 31)
    return found


def sound(folded: str) -> str:
    """Returns the approximate sound of a folded word; a hasty spelling has the same ("dosié", "dossier")."""
    for written, heard in _SOUNDS:
        folded = written.sub(heard, folded)
    return folded


@lru_cache(maxsize=10_000)
def _little(folded: str) -> str:
    """Returns the little word that ``folded`` is a slip of, or an empty string."""
    if len(folded) < 2 or folded in FOLDED_STOP_WORDS or _in_dictionary(folded):
        return ""
    slipped = (word for word in variants(folded) if word in FOLDED_STOP_WORDS)
    return next(slipped, next((word for word in _LITTLE if mistaken(word, folded)), ""))


@lru_cache(maxsize=50_000)
def _in_dictionary(word: str) -> bool:
    return bool(simplemma.is_known(word, lang="fr"))
