"""Imports all pages of a source: one entry per page, in whichever edition it appears."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.entry import Entry, Link
from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.progress import Progress
from knowledge_base.sources.service_public.archive import Archive
from knowledge_base.sources.service_public.context import AUDIENCES, Context, page_url
from knowledge_base.sources.service_public.convert import entry
from knowledge_base.sources.service_public.package import Package

type Source = Archive | Package


@dataclass(frozen=True)
class Reading:
    """The result. ``entries`` are in the order of their first listing; ``unknown`` counts unknown elements, by name."""

    entries: tuple[Entry, ...]
    unknown: dict[str, int]


def open_source(path: Path) -> Source:
    """Returns the source at ``path``: the package (.tgz), the official zip, or a folder of such zips, recognised by content."""
    if path.is_dir():
        return Archive(path)
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InvalidSource(*sentence("unreadable", path=path, reason=error.strerror)) from error
    if start.startswith(b"PK"):
        return Archive(path)
    if start.startswith(b"\x1f\x8b"):
        return Package(path)
    raise InvalidSource(*sentence("neither_archive_nor_package", path=path))


def read(source: Source, progress: Progress | None = None) -> Reading:
    """Converts every page of ``source``. Raises ``InvalidSource``. Calls ``progress(done, total)`` after each page."""
    unknown: Counter[str] = Counter()
    entries: dict[str, Entry] = {}
    total = source.listings()
    for done, page in enumerate(source.pages(), start=1):
        new = entry(page.root, Context(page.audience, source.titles(), unknown))
        known = entries.get(page.id)
        entries[page.id] = new if known is None else _one(known, new)
        if progress is not None:
            progress(done, total)
    return Reading(tuple(entries.values()), dict(sorted(unknown.items())))


def _one(left: Entry, right: Entry) -> Entry:
    """Returns two editions of a page as one entry: the main one, with the audiences and addresses of both."""
    main, other = sorted((left, right), key=_precedence)
    audiences = tuple(audience for audience in AUDIENCES if audience in (*left.audiences, *right.audiences))
    addresses = {audience: url for audience, url in (left.urls | right.urls).items() if audience}
    return main.model_copy(
        update={
            "audiences": audiences,
            "urls": {"": main.url} | addresses,
            "keywords": tuple(dict.fromkeys((*main.keywords, *other.keywords))),
            "related": _union(main.related, other.related),
            "services": _union(main.services, other.services),
        }
    )


def _precedence(edition: Entry) -> tuple[bool, int]:
    """Returns a sort key: first the edition shown at an address of its own audience, then the order of audiences."""
    audience = edition.audiences[0]
    return edition.url != page_url(edition.id, audience), AUDIENCES.index(audience)


def _union(main: tuple[Link, ...], other: tuple[Link, ...]) -> tuple[Link, ...]:
    """Returns the links of both, each target once, with the link of ``main`` if both have one."""
    found = {link.entry or link.url: link for link in main}
    for link in other:
        found.setdefault(link.entry or link.url, link)
    return tuple(found.values())
