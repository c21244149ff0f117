"""Which texts of an entry are embedded.

An entry has one head (title, description), its other wordings, the questions that its sentences answer, and at most
``SECTIONS`` sections. A section is the passages under one heading path, all cases together, cut to ``SECTION_CHARACTERS``; so a
build takes minutes on two cores. If the wordings of a part are known, two of them come before its text, of which less is then
kept (ADR 0048).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from core.entry import Entry, Passage, part_wordings, passages

TEXTS = 7  # raise it when entries yield other texts or passages
# With 12 sections, 1,053 parts of long pages had no vector. Of 420 questions with the page given, 308 found the right part with
# 24 and 305 with 12.
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
        """Returns a key of 16 bytes. Equal keys mean an equal text embedded by the same model (name and revision)."""
        return hashlib.blake2b(f"{model}\n{self.text}".encode(), digest_size=16).digest()


@dataclass(frozen=True)
class KeyedText:
    """A text with its key. ``text`` is empty if the vector is known."""

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
    """Returns the entry's sections in reading order, without the content of the head."""
    groups: dict[tuple[str, ...], list[Passage]] = {}
    for passage in passages(entry)[1:]:
        groups.setdefault(passage.headings, []).append(passage)
    asked = part_wordings(entry)
    return [
        _section(entry, headings, members, asked.get(headings, ())) for headings, members in list(groups.items())[:SECTIONS]
    ]


def wordings(entry: Entry) -> list[EmbeddedText]:
    """Returns what people call the entry. Each wording is a text of its own: a short question is near one of them, not all at
    once.
    """
    return [EmbeddedText(wording, 0) for wording in entry.wordings]


def questions(entry: Entry) -> list[EmbeddedText]:
    """Returns the questions that single sentences of the entry answer. ``passage`` is the number of the question."""
    return [EmbeddedText(one.question, number) for number, one in enumerate(entry.questions)]


def plain(markdown: str) -> str:
    """Returns ``markdown`` as one line of words, without the addresses of links and without emphasis."""
    return " ".join(_LINK.sub(r"\1", markdown).replace("**", "").split())


def _section(entry: Entry, headings: tuple[str, ...], members: list[Passage], asked: tuple[str, ...]) -> EmbeddedText:
    path = " > ".join((entry.title, *headings))
    content = " ".join(plain(member.markdown) for member in members)
    if asked:
        return EmbeddedText(f"{path}: {'. '.join(asked[:WORDINGS])}. {content[:WORDED_CHARACTERS]}", members[0].order)
    return EmbeddedText(f"{path}: {content}"[: len(path) + SECTION_CHARACTERS], members[0].order)
