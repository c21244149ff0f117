"""The entry: one FAQ page of the knowledge base, as it is stored, indexed and answered from.

A body is a tree of blocks: text, chapters (a heading over blocks) and cases (situations that change the answer).
All text is a safe subset of Markdown: paragraphs, ``- `` and ``1. `` lists, ``**bold**``, ``[label](https://…)``
and tables. No HTML, ever.
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
    """A run of Markdown. ``role`` tells plain text from what the source sets apart (a warning, a tip, a definition)."""

    kind: Literal["text"] = "text"
    markdown: str
    role: Literal["plain", "warning", "tip", "definition"] = "plain"


class Chapter(_Frozen):
    """A heading and what stands under it. ``wordings`` are what people ask for who need this part: read by the search alone."""

    kind: Literal["chapter"] = "chapter"
    heading: str
    wordings: tuple[str, ...] = Field(default=(), exclude_if=lambda wordings: not wordings)
    body: tuple[Block, ...] = ()


class Case(_Frozen):
    """One situation of the citizen ("Vous êtes mineur") and the part of the answer that applies to it."""

    label: str
    body: tuple[Block, ...] = ()


class Cases(_Frozen):
    """A fork: the citizen is in one of these situations. ``question`` is the source's own heading, if it has one."""

    kind: Literal["cases"] = "cases"
    question: str = ""
    cases: tuple[Case, ...]


Block = Annotated[TextBlock | Chapter | Cases, Field(discriminator="kind")]


class Link(_Frozen):
    """A link out of an entry: another entry (``entry`` is its id), or a page (``url``)."""

    title: str
    entry: str = ""
    url: str = ""


class Entry(_Frozen):
    """One page of the knowledge base.

    ``version`` counts the revisions of this id in the record, from 1; it is not part of the content's digest.
    ``verified_on`` is the day on which the source says that the text was checked; ``theme`` the breadcrumb, widest first.
    ``opening`` holds the first words of those sentences of the page that answer most of its readers, most useful first
    (``core.opening_sentences``). ``anchors`` maps headings of the body to the fragments of the address at which they stand;
    ``twins`` are entries of other sources that answer the same, as collection/id: the one that was verified last stands
    before the others.
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
    verified_on: date | None = None
    related: tuple[Link, ...] = ()
    services: tuple[Link, ...] = ()

    @property
    def url(self) -> str:
        """The address to cite: the main one, else the first in alphabetical order of audience."""
        return self.urls.get("") or next((self.urls[key] for key in sorted(self.urls)), "")

    def url_at(self, headings: Sequence[str]) -> str:
        """Returns the address of the part under ``headings`` (outermost first): the page's, where it has no own one."""
        anchor = next((self.anchors[name] for name in reversed(headings) if name in self.anchors), "")
        return f"{self.url}#{anchor}" if anchor and "#" not in self.url else self.url

    def digest(self) -> str:
        """SHA-256 (hex) of the content, ``version`` apart: equal digests need no new revision and no new embedding."""
        content = self.model_dump(mode="json", exclude={"version"})
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


# Where a block stands: the index of a block in the entry's body, then, from block to block, the index in the chapter's body, or
# the number of the case in a fork followed by the index in that case's body.
type Address = tuple[int, ...]


class Passage(_Frozen):
    """A stretch of an entry that can answer by itself.

    ``headings`` and ``cases`` are the paths that lead to it, outermost first. ``order`` counts from 0 in reading order;
    passage 0 is the introduction (or the description where there is none). ``defines``: it only tells what words mean.
    """

    order: int
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    markdown: str
    defines: bool = False


def part_wordings(entry: Entry) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Returns what people ask for who need each part of ``entry``, by its heading path; parts without any are left out."""
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
    """``passages``, each with the address of its first text; ``()`` for the introduction."""
    return _located(_Same(entry))


class _Same:
    """An entry as a key: itself, and no other that is equal to it, so that nothing of it need be read."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entry is other.entry


@lru_cache(maxsize=64)
def _located(same: _Same) -> tuple[tuple[Passage, Address], ...]:
    """Remembered for the entries of the last few turns: one turn asks for it dozens of times."""
    entry = same.entry
    found: list[tuple[Passage, Address]] = []
    start = entry.short_answer or entry.introduction or entry.description
    if start:
        found.append((Passage(order=0, markdown=start), ()))
    for headings, cases, block, address in _walk(entry.body, (), (), ()):
        markdown, defines = block.markdown.strip(), block.role == "definition"
        last, begun = found[-1] if len(found) > 1 else (None, ())
        if last and (last.headings, last.cases) == (headings, cases):
            joined = {"markdown": f"{last.markdown}\n\n{markdown}", "defines": last.defines and defines}
            found[-1] = (last.model_copy(update=joined), begun)
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
