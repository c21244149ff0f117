"""Which texts of an entry are embedded.

An entry has one head (title, description), its other wordings, and at most ``SECTIONS`` sections: the passages under one
heading path, all cases together, cut to ``SECTION_CHARACTERS``. Cutting keeps the build within minutes on two cores.
Where it is known what people ask for who need a part, two of these wordings stand before its text, which is cut the
sooner (ADR 0048).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from core.entry import Entry, Passage, part_wordings, passages

TEXTS = 5  # raise it when entries give other texts
# With 12, 1,053 parts of long pages had no vector. Right parts of dev, more, wide and held_out (420), the page given: 305 with
# 12, 308 with 24; of the pages found, R@1, R@5 and R@10 of each set within two questions.
SECTIONS = 24
SECTION_CHARACTERS = 180
WORDED_CHARACTERS = 90
WORDINGS = 2
HEAD_CHARACTERS = 700
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class EmbeddedText:
    """A text to embed. ``passage`` is the order of the passage that it stands for."""

    text: str
    passage: int

    def key(self, model: str) -> bytes:
        """16 bytes: equal keys mean an equal text embedded by the same model (name and revision)."""
        return hashlib.blake2b(f"{model}\n{self.text}".encode(), digest_size=16).digest()


@dataclass(frozen=True)
class KeyedText:
    """A text by its key. ``text`` is empty where the vector is known."""

    key: bytes
    passage: int
    text: str = ""

    @classmethod
    def of(cls, text: EmbeddedText, model: str) -> KeyedText:
        return cls(text.key(model), text.passage, text.text)


def head(entry: Entry) -> EmbeddedText:
    """Returns the text that stands for the whole entry."""
    summary = entry.description or entry.short_answer or entry.introduction
    return EmbeddedText(f"{entry.title}. {summary}"[:HEAD_CHARACTERS], 0)


def sections(entry: Entry) -> list[EmbeddedText]:
    """Returns the entry's sections in reading order, without what the head already says."""
    groups: dict[tuple[str, ...], list[Passage]] = {}
    for passage in passages(entry)[1:]:
        groups.setdefault(passage.headings, []).append(passage)
    asked = part_wordings(entry)
    return [
        _section(entry, headings, members, asked.get(headings, ())) for headings, members in list(groups.items())[:SECTIONS]
    ]


def wordings(entry: Entry) -> list[EmbeddedText]:
    """What people call the entry. Each by itself: a short question is near to one of them, not to all of them at once."""
    return [EmbeddedText(wording, 0) for wording in entry.wordings]


def plain(markdown: str) -> str:
    """``markdown`` as one line of words: no addresses of links, no emphasis."""
    return " ".join(_LINK.sub(r"\1", markdown).replace("**", "").split())


def _section(entry: Entry, headings: tuple[str, ...], members: list[Passage], asked: tuple[str, ...]) -> EmbeddedText:
    path = " > ".join((entry.title, *headings))
    content = " ".join(plain(member.markdown) for member in members)
    if asked:
        return EmbeddedText(f"{path}: {'. '.join(asked[:WORDINGS])}. {content[:WORDED_CHARACTERS]}", members[0].order)
    return EmbeddedText(f"{path}: {content}"[: len(path) + SECTION_CHARACTERS], members[0].order)
