"""All pages of the package → entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from core.entry import Entry
from knowledge_base.travail_emploi.convert import entry, entry_id
from knowledge_base.travail_emploi.package import Page, read_pages

type Progress = Callable[[int, int], None]


def read(path: Path, progress: Progress | None = None) -> tuple[Entry, ...]:
    """Converts every page of the package at ``path``; ``progress(done, total)`` is called after each. Raises ``InvalidSource``.

    A page that stands twice, under an old address and its new one, becomes one entry.
    """
    pages = read_pages(path)
    kept = _once(pages)
    targets = {page.url: entry_id(kept[_content(page)].id) for page in pages}
    entries: list[Entry] = []
    for done, page in enumerate(kept.values(), start=1):
        entries.append(entry(page, targets))
        if progress is not None:
            progress(done, len(kept))
    return tuple(entries)


def _once(pages: Sequence[Page]) -> dict[str, Page]:
    """Pages by what they say; of those that say the same the one with the shortest address, which is the present one's."""
    found: dict[str, Page] = {}
    for page in pages:
        other = found.get(_content(page))
        if other is None or len(page.url) < len(other.url):
            found[_content(page)] = page
    return found


def _content(page: Page) -> str:
    return "\n".join((page.title, page.intro, *(section.html for section in page.sections)))
