"""Kinds of offices: their names in a directory, and citizens' words for them."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.yaml_text import load as load_yaml
from places.words import key_of

_FILE = Path(__file__).with_name("kinds.yml")


class Kind(NamedTuple):
    """One kind of office.

    ``in_each_commune``: each commune has its own office or none. Otherwise a département has a few, which serve all of it.
    """

    name: str
    in_each_commune: bool
    dila: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def kinds() -> dict[str, Kind]:
    """Returns all kinds by name, in the order in which their words are looked for."""
    return {
        name: Kind(name, fields["of"] == "commune", tuple(fields["dila"]), re.compile(rf"\b(?:{'|'.join(fields['said'])})\b"))
        for name, fields in load_yaml(_FILE.read_text(encoding="utf-8")).items()
    }


def kind_of(directory_word: str) -> str:
    """Returns our name for a directory's kind of office; the directory's own word if we have none."""
    return next((kind.name for kind in kinds().values() if directory_word in (*kind.dila, kind.name)), directory_word)


def kind_in(folded: str) -> tuple[str, re.Match[str]] | None:
    """Returns the kind that the folded words name, and the match."""
    for kind in kinds().values():
        if match := kind.pattern.search(folded):
            return kind.name, match
    return None


@cache
def kind_named(label: str) -> str | None:
    """Returns the kind of office that ``label`` names and nothing else: "Mairie", but not "Mairie de Paris"."""
    folded = key_of(label)
    found = kind_in(folded)
    return found[0] if found and not kinds()[found[0]].pattern.sub("", folded).strip() else None
