"""The words of the offices' names in the directory's file: which there are, how many offices have each, and which offices.

Nothing of it is kept in memory: a message costs a few look-ups in SQLite.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import log
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST, _TWO_SLIPS_FROM = 5, 8  # letters of a word with a slip, with two: a shorter one resembles too many
_BEGUN_FROM = 4  # letters of a word that is cut short: "assos"
_MOST_ALIKE = 3
_MOST_OFFICES = 200  # read for one word; of more, those of the commune


class NamedOffice(NamedTuple):
    """An office by its ``number`` in the file, with the own words of its name in their order."""

    number: int
    kind: str
    commune: str
    commune_name: str
    words: tuple[str, ...]


class NameIndex:
    """Reads the words of names by ``rows``: a statement and its values to rows."""

    def __init__(self, rows: Callable[[str, Sequence[object]], list[tuple[Any, ...]]]) -> None:
        self._rows = rows

    def known(self, words: Iterable[str]) -> dict[str, int]:
        """Returns those of ``words`` that are in names, and how many offices have each."""
        asked = tuple(dict.fromkeys(words))
        return dict(self._rows(f"SELECT word, offices FROM vocabulary WHERE word IN ({_marks(asked)})", asked))  # noqa: S608

    def alike(self, word: str) -> dict[str, int]:
        """Returns the words of names of which ``word`` may be a slip or the beginning, as ``known``."""
        if not word.isalpha() or len(word) < _BEGUN_FROM:
            return {}
        most_slips = 0 if len(word) < _SHORTEST else 1 if len(word) < _TWO_SLIPS_FROM else 2
        same = "SELECT word, offices FROM vocabulary WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?"
        letter = word[0]
        lengths = (len(word) - most_slips, len(word) + most_slips)
        counts = dict(self._rows(same, (letter, _after(letter), *lengths))) if most_slips else {}
        near = process.extract(word, list(counts), scorer=OSA.distance, score_cutoff=most_slips, limit=_MOST_ALIKE)
        if near:
            return {one: counts[one] for one, distance, _ in near if distance == near[0][1]}
        begun = f"SELECT word, offices FROM vocabulary WHERE word >= ? AND word < ? ORDER BY offices DESC LIMIT {_MOST_ALIKE}"  # noqa: S608
        return dict(self._rows(begun, (word, _after(word))))

    def offices_with(self, words: Sequence[str], communes: Sequence[str]) -> list[NamedOffice]:
        """Returns the offices with one of ``words`` in their names, those in ``communes`` first; not all of very many."""
        having = f"number IN (SELECT number FROM name_words WHERE word IN ({_marks(words)}))"  # noqa: S608 - our own words
        statement = f"SELECT number, kind, commune, commune_name, words FROM names WHERE {having}"  # noqa: S608
        there = f"{statement} AND commune IN ({_marks(communes)}) LIMIT {_MOST_OFFICES}"
        rows = self._rows(there, (*words, *communes)) if communes else []
        rows += self._rows(f"{statement} LIMIT {_MOST_OFFICES}", tuple(words))
        found = {row[0]: NamedOffice(row[0], row[1], row[2], row[3], tuple(row[4].split())) for row in rows}
        return list(found.values())

    def weight(self, offices: int) -> float:
        """Returns the worth of a word that so many offices have in their names: the rarer, the more it says."""
        return log(1 + self._offices / max(offices, 1))

    @cached_property
    def _offices(self) -> int:
        return int(self._rows("SELECT count(*) FROM names", ())[0][0])


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _after(begins: str) -> str:
    """Returns what comes after every word that begins so."""
    return begins[:-1] + chr(ord(begins[-1]) + 1)
