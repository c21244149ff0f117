"""The entry: one FAQ page of the knowledge base, as it is stored, indexed and shown.

A body is a tree of blocks: text, chapters (a heading over blocks) and cases (situations that change the answer). All text is
a safe subset of Markdown: paragraphs, ``- `` and ``1. `` lists, ``**bold**``, ``[label](https://…)`` and tables. Never HTML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(_Frozen):
    """Some Markdown. ``role``: plain text, or a part that the source sets apart."""

    kind: Literal["text"] = "text"
    markdown: str
    role: Literal["plain", "warning", "tip", "definition"] = "plain"


class Chapter(_Frozen):
    """A heading and its blocks. ``wordings`` are citizens' questions that need this part; only the search reads them."""

    kind: Literal["chapter"] = "chapter"
    heading: str
    wordings: tuple[str, ...] = Field(default=(), exclude_if=lambda wordings: not wordings)
    body: tuple[Block, ...] = ()


class Case(_Frozen):
    """One situation of the citizen ("Vous êtes mineur") and its part of the answer."""

    label: str
    body: tuple[Block, ...] = ()


class Cases(_Frozen):
    """A fork: the citizen is in one of these situations. ``question`` is the source's own heading, if any."""

    kind: Literal["cases"] = "cases"
    question: str = ""
    cases: tuple[Case, ...]


Block = Annotated[TextBlock | Chapter | Cases, Field(discriminator="kind")]


class Link(_Frozen):
    """A link out of an entry: another entry (``entry`` is its id), or a page (``url``)."""

    title: str
    entry: str = ""
    url: str = ""


class AnsweredQuestion(_Frozen):
    """A citizen's ``question``, and the first words of the page's ``sentence`` that answers it."""

    question: str
    sentence: str


class Entry(_Frozen):
    """One page of the knowledge base.

    ``version`` counts the revisions of this id in the record, from 1; it is not part of the content's digest.
    ``verified_on``: the day on which, according to the source, the text was checked.
    ``theme``: the breadcrumb, widest first.
    ``opening``: the first words of the page's sentences that answer most readers, most useful first
        (``core.opening_sentences``).
    ``questions``: questions that single sentences of the page answer; only the search reads them.
    ``anchors``: headings of the body → fragments of the page's address.
    ``twins``: entries of other sources with the same answer, as collection/id; the one verified last is preferred.
    ``national_pages``: of a town's entry: the State's pages on the same matter, as collection/id, with which it is shown.
    """

    id: str
    collection: str
    locale: str = "fr"
    version: int = 1
    title: str
    wordings: tuple[str, ...] = ()
    description: str = ""
    short_answer: str = ""
    introduction: str = ""
    opening: tuple[str, ...] = Field(default=(), exclude_if=lambda opening: not opening)
    questions: tuple[AnsweredQuestion, ...] = Field(default=(), exclude_if=lambda questions: not questions)
    body: tuple[Block, ...] = ()
    easy_text: str = ""
    sms_text: str = ""
    theme: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    source: str = ""
    urls: dict[str, str] = Field(default_factory=dict, description="audience → address; '' is the main one")
    anchors: dict[str, str] = Field(default_factory=dict, exclude_if=lambda anchors: not anchors)
    twins: tuple[str, ...] = Field(default=(), exclude_if=lambda twins: not twins)
    national_pages: tuple[str, ...] = Field(default=(), exclude_if=lambda pages: not pages)
    verified_on: date | None = None
    related: tuple[Link, ...] = ()
    services: tuple[Link, ...] = ()

    @property
    def url(self) -> str:
        """Returns the address to cite: the main one, else the first in alphabetical order of audience."""
        return self.urls.get("") or next((self.urls[key] for key in sorted(self.urls)), "")

    def url_at(self, headings: Sequence[str]) -> str:
        """Returns the address of the part under ``headings`` (outermost first); the page's if the part has none."""
        anchor = next((self.anchors[name] for name in reversed(headings) if name in self.anchors), "")
        return f"{self.url}#{anchor}" if anchor and "#" not in self.url else self.url

    def digest(self) -> str:
        """Returns SHA-256 (hex) of the content without ``version``. Equal digests need no new revision and no new embedding."""
        content = self.model_dump(mode="json", exclude={"version"})
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


# The place of a block: the index of a block in the entry's body, then, from block to block, the index in the chapter's body, or
# the number of the case in a fork followed by the index in that case's body.
type Address = tuple[int, ...]


class Passage(_Frozen):
    """A part of an entry that can be an answer on its own.

    ``headings`` and ``cases`` are the paths that lead to it, outermost first. ``order`` counts from 0 in reading order;
    passage 0 is the introduction (or the description if there is none). ``defines``: it only explains words.
    """

    order: int
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    markdown: str
    defines: bool = False


def part_wordings(entry: Entry) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Returns the citizens' questions for each part of ``entry``, by its heading path, without parts that have none."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for headings, wordings in _worded(entry.body, ()):
        found[headings] = (*found.get(headings, ()), *wordings)
    return found


def _worded(body: tuple[Block, ...], headings: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for block in body:
        match block:
            case Chapter():
                path = (*headings, block.heading)
                if block.wordings:
                    yield path, block.wordings
                yield from _worded(block.body, path)
            case Cases():
                for case in block.cases:
                    yield from _worded(case.body, headings)


def passages(entry: Entry) -> tuple[Passage, ...]:
    """Returns all passages of ``entry`` in reading order; adjacent texts under the same headings and cases are joined."""
    return tuple(passage for passage, _ in located_passages(entry))


def located_passages(entry: Entry) -> tuple[tuple[Passage, Address], ...]:
    """Returns ``passages``, each with the address of its first text; ``()`` for the introduction."""
    return _located(SameEntry(entry))


class SameEntry:
    """An entry as a cache key, compared by identity, so that its content is not read."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameEntry) and self.entry is other.entry


@lru_cache(maxsize=64)
def _located(same: SameEntry) -> tuple[tuple[Passage, Address], ...]:
    """Returns the located passages, cached for the entries of recent turns: one turn asks for them dozens of times."""
    entry = same.entry
    found: list[tuple[Passage, Address]] = []
    start = entry.short_answer or entry.introduction or entry.description
    if start:
        found.append((Passage(order=0, markdown=start), ()))
    for headings, cases, block, address in _walk(entry.body, (), (), ()):
        markdown, defines = block.markdown.strip(), block.role == "definition"
        last, begun = found[-1] if len(found) > 1 else (None, ())
        if last and (last.headings, last.cases, last.defines) == (headings, cases, defines):
            found[-1] = (last.model_copy(update={"markdown": f"{last.markdown}\n\n{markdown}"}), begun)
        else:
            here = Passage(order=len(found), headings=headings, cases=cases, markdown=markdown, defines=defines)
            found.append((here, address))
    return tuple(found)


def _walk(
    body: tuple[Block, ...], headings: tuple[str, ...], cases: tuple[str, ...], address: Address
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], TextBlock, Address]]:
    for index, block in enumerate(body):
        here = (*address, index)
        match block:
            case TextBlock():
                if block.markdown.strip():
                    yield headings, cases, block, here
            case Chapter():
                yield from _walk(block.body, (*headings, block.heading), cases, here)
            case Cases():
                for number, case in enumerate(block.cases):
                    yield from _walk(case.body, headings, (*cases, case.label), (*here, number))
