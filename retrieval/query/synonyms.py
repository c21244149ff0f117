"""Words of citizens and the corresponding words of the pages: the project's own list, and the lists of the administration.

A group has ``terms`` (the citizens' words) and ``means`` (the pages' words). It works one way unless ``both_ways`` is true. If
several terms begin at one word, the longest wins. ``kind: sms`` is a spelling: its means replace the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.yaml_text import load as load_yaml
from retrieval.terms.analysis import fold, term, words

BUILT_IN = Path(__file__).parent / "synonyms.yml"
_SHORT = 4  # words up to this length must match exactly: their stems are too ambiguous

Phrase = tuple[str, ...]


class SynonymsUnusable(ValueError):
    """A list of synonyms cannot be read. The message says where, and what is expected."""


class Group(BaseModel):
    """One line of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[str, ...] = Field(min_length=1)
    means: tuple[str, ...] = Field(min_length=1)
    kind: Literal["abbreviation", "everyday", "sms", "renamed"] = "everyday"
    both_ways: bool = False
    replaces: bool = False  # the citizens' name belongs officially to another thing
    note: str = ""  # for readers of the list

    @property
    def replacing(self) -> bool:
        """Tells whether the meaning replaces the words (otherwise it is added to them)."""
        return self.replaces or self.kind == "sms"

    def speaks_of(self, text: str) -> bool:
        """Decides whether ``text`` as a whole is one of this group's terms (or means, if it works both ways)."""
        asked = _forms(text)
        return any(asked & _forms(known) for known in (*self.terms, *(self.means if self.both_ways else ())))


@dataclass(frozen=True)
class Match:
    """A term found in a query. ``start`` and ``end`` are word positions; ``means`` are its other wordings."""

    start: int
    end: int
    means: tuple[str, ...]


class Synonyms:
    """A list prepared for matching. Immutable."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self.groups = tuple(groups)
        self._spellings: dict[Phrase, dict[str, None]] = {}
        self._meanings: dict[Phrase, dict[str, None]] = {}
        for group in self.groups:
            table = self._spellings if group.replacing else self._meanings
            sides = [(group.terms, group.means)] + ([(group.means, group.terms)] if group.both_ways else [])
            for written, meant in sides:
                for text in written:
                    for phrase in _forms(text):
                        table.setdefault(phrase, {}).update(dict.fromkeys(meant))
        self._longest = max((len(phrase) for phrase in (*self._spellings, *self._meanings)), default=0)

    @classmethod
    def read(cls, *paths: Path) -> Synonyms:
        """Returns the lists in ``paths`` together. Raises ``SynonymsUnusable``."""
        return cls(group for path in paths for group in read_groups(path))

    def spellings(self, query: Sequence[str]) -> list[Match]:
        """Returns the SMS spellings among the words of a query, in order, without overlaps."""
        return self._matches(query, self._spellings)

    def matches(self, query: Sequence[str]) -> list[Match]:
        """Returns the other terms (not mere spellings), in the same way."""
        return self._matches(query, self._meanings)

    def touches(self, query: Sequence[str]) -> bool:
        """Decides whether the words of a query contain any term of this list."""
        return bool(self.spellings(query) or self.matches(query))

    def _matches(self, query: Sequence[str], table: dict[Phrase, dict[str, None]]) -> list[Match]:
        keys = [_key(word) for word in query]
        found = []
        at = 0
        while at < len(keys):
            for end in range(min(len(keys), at + self._longest), at, -1):
                means = table.get(tuple(keys[at:end]))
                if means is not None:
                    found.append(Match(at, end, tuple(means)))
                    at = end
                    break
            else:
                at += 1
        return found


def read_groups(path: Path) -> list[Group]:
    """Returns the groups of one file. Raises ``SynonymsUnusable`` that names the wrong group."""
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
        return TypeAdapter(list[Group]).validate_python(content or [])
    except ValidationError as error:
        problem = error.errors()[0]
        place = problem["loc"][0] if problem["loc"] else ""
        number = f", group {place + 1}" if isinstance(place, int) else ""
        raise SynonymsUnusable(
            f"{path}{number}: {problem['msg']}. Each group is {{terms: [as citizens write], means: [as the pages write]}}."
        ) from error
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SynonymsUnusable(f"{path} cannot be read as YAML: {error}") from error


def dump_groups(groups: Iterable[Group]) -> str:
    """Returns ``groups`` in the file format that ``read_groups`` reads, one line each."""
    lines = [group.model_dump(mode="json", exclude_defaults=True) for group in groups]
    shown = (yaml.safe_dump(line, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6) for line in lines)
    return "".join(f"- {line}" for line in shown)


@lru_cache(maxsize=1)
def built_in() -> Synonyms:
    """Returns the project's own list."""
    return Synonyms.read(BUILT_IN)


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    folded = fold(word)
    return folded if len(folded) <= _SHORT else term(word) or folded


@lru_cache(maxsize=20_000)
def _forms(text: str) -> frozenset[Phrase]:
    """Returns the keys of a term: with hyphens as gaps, and written as one word."""
    spaced = tuple(_key(word) for word in words(text.replace("-", " ")))
    joined = tuple(_key(word) for word in words(text.replace("-", "")))
    return frozenset(form for form in (spaced, joined) if form)
