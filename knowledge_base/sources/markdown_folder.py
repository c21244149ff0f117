"""Entries written as Markdown files with a YAML head, such as the project's own set in ``demonstration/``.

``## heading`` opens a chapter, ``### Cas : label`` a case of that chapter, ``### heading`` a chapter inside it. The text before
the first heading is the introduction.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from core.entry import Block, Case, Cases, Chapter, Entry, Link, TextBlock
from core.yaml_text import load_without_aliases
from knowledge_base.entries import markdown
from knowledge_base.entries.safety import unsafe_text
from knowledge_base.errors import InvalidSource

DEMONSTRATION = Path(__file__).parent / "demonstration"
TOWN = Path(__file__).parent / "valbourg"  # the demonstration's town, on the matters of pages of the State

_HEAD = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_CHAPTER = re.compile(r"^## +(.+)$", re.MULTILINE)
_PART = re.compile(r"^### +(.+)$", re.MULTILINE)
_CASE = re.compile(r"^Cas\s*:\s*(.+)$")


class _Service(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    url: str


class _Head(BaseModel):
    """The YAML head of a file. An unknown name is an error, since it is probably a mistake."""

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str
    wordings: tuple[str, ...] = ()
    description: str
    sms_text: str = ""
    theme: tuple[str, ...]
    audiences: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    source: str
    url: str
    national_pages: tuple[str, ...] = ()
    verified_on: date | None = None
    related: tuple[str, ...] = ()
    services: tuple[_Service, ...] = ()


def read_folder(folder: Path, collection: str = "demonstration") -> tuple[Entry, ...]:
    """Returns all entries of ``folder`` by file name. Raises ``InvalidSource``, which names the first wrong file."""
    found: dict[str, tuple[Path, _Head, str]] = {}
    for path in sorted(folder.glob("*.md")):
        head, body = _split(path)
        if head.id != path.stem or head.id in found:
            raise _wrong(
                path, f"l'identifiant {head.id} n'est pas le nom du fichier", f"the id {head.id} is not the file's name"
            )
        found[head.id] = (path, head, body)
    titles = {page: head.title for page, (_, head, _) in found.items()}
    return tuple(_entry(path, head, body, titles, collection) for path, head, body in found.values())


def _split(path: Path) -> tuple[_Head, str]:
    try:
        found = _HEAD.match(path.read_text(encoding="utf-8"))
        if found is None:
            raise _wrong(path, "il ne commence pas par un en-tête entre deux lignes « --- »", "no head between two lines '---'")
        head: Any = load_without_aliases(found[1])
        return _Head.model_validate(head), found[2]
    except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error), str(error)) from error


def _entry(path: Path, head: _Head, body: str, titles: Mapping[str, str], collection: str) -> Entry:
    absent = [page for page in head.related if page not in titles]
    if absent:
        raise _wrong(path, f"fiches liées inconnues : {', '.join(absent)}", f"unknown related entries: {', '.join(absent)}")
    if not markdown.url(head.url):
        raise _wrong(path, f"« {head.url} » n'est pas une adresse", f"'{head.url}' is no address")
    introduction, *chapters = _CHAPTER.split(body)
    return Entry(
        id=head.id,
        collection=collection,
        title=head.title,
        wordings=head.wordings,
        description=_safe(head.description, path),
        introduction=_safe(introduction, path),
        sms_text=head.sms_text,
        body=tuple(_chapter(title, text, path) for title, text in zip(chapters[::2], chapters[1::2], strict=True)),
        theme=head.theme,
        audiences=tuple(audience.lower() for audience in head.audiences),
        keywords=head.keywords,
        source=head.source,
        urls={"": head.url},
        national_pages=head.national_pages,
        verified_on=head.verified_on,
        related=tuple(Link(title=titles[page], entry=page) for page in head.related),
        services=tuple(Link(title=service.title, url=service.url) for service in head.services),
    )


def _chapter(title: str, text: str, path: Path) -> Chapter:
    """Returns a chapter. Consecutive cases form one fork."""
    opening, *parts = _PART.split(text)
    body: list[Block] = [TextBlock(markdown=_safe(opening, path))] if opening.strip() else []
    cases: list[Case] = []
    for heading, content in zip(parts[::2], parts[1::2], strict=True):
        block = TextBlock(markdown=_safe(content, path))
        if not block.markdown:
            raise _wrong(path, f"« {heading} » est vide", f"'{heading}' is empty")
        if (case := _CASE.match(heading.strip())) is not None:
            cases.append(Case(label=case[1].strip(), body=(block,)))
            continue
        body += _fork(cases, path)
        cases = []
        body.append(Chapter(heading=heading.strip(), body=(block,)))
    body += _fork(cases, path)
    if not body:
        raise _wrong(path, f"« {title} » est vide", f"'{title}' is empty")
    return Chapter(heading=title.strip(), body=tuple(body))


def _fork(cases: list[Case], path: Path) -> list[Block]:
    if len(cases) == 1:
        raise _wrong(path, f"le cas « {cases[0].label} » est seul", f"the case '{cases[0].label}' stands alone")
    return [Cases(cases=tuple(cases))] if cases else []


def _safe(text: str, path: Path) -> str:
    """Returns ``text`` without blank ends. Raises ``InvalidSource`` if it holds more than the safe subset of Markdown."""
    if (fault := unsafe_text(text)) is not None:
        raise _wrong(path, fault, fault)
    return text.strip()


def _wrong(path: Path, fr: str, en: str) -> InvalidSource:
    return InvalidSource(f"{path.name} : {fr} : corrigez ce fichier.", f"{path.name}: {en}: correct this file.")
